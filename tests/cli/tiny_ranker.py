"""A tiny cross-encoder of our own making, with random weights and the tiny llama's vocabulary: it gives scores that mean
nothing, so that ranking can be tested without any fixture.
"""

import functools
import random

import tiny_model
from tiny_model import BOOL, F32, TEXT, U32, VOCABULARY

WIDTH, HIDDEN, HEADS, CONTEXT = 32, 48, 4, 256
RANK = 4  # the pooling that makes scores


def metadata():
    kept = [entry for entry in tiny_model.metadata() if entry[0].startswith("tokenizer.")]
    return [
        ("general.architecture", TEXT, "bert"),
        ("general.name", TEXT, "ranker"),
        ("bert.vocab_size", U32, VOCABULARY),
        ("bert.context_length", U32, CONTEXT),
        ("bert.embedding_length", U32, WIDTH),
        ("bert.feed_forward_length", U32, HIDDEN),
        ("bert.block_count", U32, 1),
        ("bert.attention.head_count", U32, HEADS),
        ("bert.attention.layer_norm_epsilon", F32, 1e-5),
        ("bert.attention.causal", BOOL, False),
        ("bert.pooling_type", U32, RANK),
        ("tokenizer.ggml.token_type_count", U32, 2),
        ("tokenizer.ggml.add_eos_token", BOOL, True),
        *kept,
    ]


@functools.cache
def content():
    chance = random.Random(2)

    def noise(name, *shape):
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        return name, shape, [chance.uniform(-0.5, 0.5) for _ in range(count)]

    tensors = [
        noise("token_embd.weight", VOCABULARY, WIDTH),
        noise("position_embd.weight", CONTEXT, WIDTH),
        noise("token_types.weight", 2, WIDTH),
        noise("cls.output.weight", 1, WIDTH),
    ]
    shapes = {"attn_q": (WIDTH, WIDTH), "attn_k": (WIDTH, WIDTH), "attn_v": (WIDTH, WIDTH)}
    shapes |= {"attn_output": (WIDTH, WIDTH), "ffn_up": (HIDDEN, WIDTH), "ffn_down": (WIDTH, HIDDEN)}
    tensors += [noise(f"blk.0.{name}.weight", *shape) for name, shape in shapes.items()]
    for name in ("token_embd_norm", "blk.0.attn_output_norm", "blk.0.layer_output_norm"):
        tensors += [(f"{name}.weight", (WIDTH,), [1.0] * WIDTH), (f"{name}.bias", (WIDTH,), [0.0] * WIDTH)]
    return tiny_model.gguf(metadata(), tensors)
