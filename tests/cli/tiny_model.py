"""A tiny llama of our own making, so that the program can be tested without any fixture. It recites one sentence for ever:
each token's row of the output matrix is the embedding of the token before it, and the small random weights of the blocks
change the numbers without changing the words.
"""

import functools
import math
import pathlib
import random
import struct
import tempfile

STORY = "Once upon a time, there was one little girl named Lily who loved to play with big red balls very much."
WIDTH, HIDDEN, HEADS, BLOCKS, VOCABULARY, CONTEXT = 64, 96, 4, 2, 512, 1 << 16
UNKNOWN, BOS, EOS = 0, 1, 2
NORMAL, UNKNOWN_TYPE, CONTROL, UNUSED, BYTE = 1, 2, 3, 5, 6
SPACE = "\u2581"
U16, U32, I32, F32, BOOL, TEXT, ARRAY = 2, 4, 5, 6, 7, 8, 9


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def value(kind, v):
    formats = {U16: "<H", U32: "<I", I32: "<i", F32: "<f", BOOL: "<?"}
    return text(v) if kind == TEXT else struct.pack(formats[kind], v)


def entry(key, kind, v):
    """A key and its value; a list becomes an array."""
    if isinstance(v, list):
        body = struct.pack("<IIQ", ARRAY, kind, len(v)) + b"".join(value(kind, element) for element in v)
    else:
        body = struct.pack("<I", kind) + value(kind, v)
    return text(key) + body


def gguf(metadata, tensors, alignment=32):
    """The bytes of a file: metadata are (key, kind, value), tensors (name, shape with the outermost first, floats)."""
    head, data = b"", b""
    for name, shape, values in tensors:
        data += b"\0" * (-len(data) % alignment)
        head += text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *reversed(shape), 0, len(data))
        data += struct.pack(f"<{len(values)}f", *values)
    start = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(metadata)) + b"".join(entry(*m) for m in metadata) + head
    return start + b"\0" * (-len(start) % alignment) + data


@functools.cache
def pieces():
    """Of the vocabulary, (text, type, score): bytes, the letters of the story, and the beginnings of its words, by which
    the letters of a word merge from left to right.
    """
    whole = [("<unk>", UNKNOWN_TYPE, 0.0), ("<s>", CONTROL, 0.0), ("</s>", CONTROL, 0.0)]
    whole += [(f"<0x{byte:02X}>", BYTE, 0.0) for byte in range(256)]
    found = dict.fromkeys(sorted(set(STORY.replace(" ", SPACE)) | {SPACE}))
    for word in story_words():
        found.update(dict.fromkeys(word[:length] for length in range(2, len(word) + 1)))
    whole += [(piece, NORMAL, -float(index)) for index, piece in enumerate(found)]
    whole += [(f"<unused{index}>", UNUSED, 0.0) for index in range(VOCABULARY - len(whole))]
    return whole


def story_words():
    words = [SPACE + word for word in STORY.replace(",", "").replace(".", "").split()]
    assert len(set(words)) == len(words), "a word of the story that comes twice has no one successor"
    return words


def id_of(piece):
    return next(index for index, (text, _, _) in enumerate(pieces()) if text == piece)


def story_ids():
    ids = [id_of(word) for word in story_words()]
    ids.insert(STORY.split().index("time,") + 1, id_of(","))
    return [*ids, id_of(".")]


def metadata():
    tokens, types, scores = (list(column) for column in zip(*pieces()))
    return [
        ("general.architecture", TEXT, "llama"),
        ("general.name", TEXT, "tiny"),
        ("llama.vocab_size", U32, VOCABULARY),
        ("llama.context_length", U32, CONTEXT),
        ("llama.embedding_length", U32, WIDTH),
        ("llama.feed_forward_length", U32, HIDDEN),
        ("llama.block_count", U32, BLOCKS),
        ("llama.attention.head_count", U32, HEADS),
        ("llama.attention.head_count_kv", U32, HEADS // 2),
        ("llama.attention.layer_norm_rms_epsilon", F32, 1e-5),
        ("tokenizer.ggml.model", TEXT, "llama"),
        ("tokenizer.ggml.tokens", TEXT, tokens),
        ("tokenizer.ggml.token_type", I32, types),
        ("tokenizer.ggml.scores", F32, scores),
        ("tokenizer.ggml.bos_token_id", U32, BOS),
        ("tokenizer.ggml.eos_token_id", U32, EOS),
        ("tokenizer.ggml.unknown_token_id", U32, UNKNOWN),
        ("tokenizer.ggml.add_bos_token", BOOL, True),
        ("tokenizer.ggml.add_space_prefix", BOOL, True),
    ]


@functools.cache
def tensors():
    chance = random.Random(1)
    embeddings = [[chance.choice((-1.0, 1.0)) for _ in range(WIDTH)] for _ in range(VOCABULARY)]
    output = [[0.0] * WIDTH for _ in range(VOCABULARY)]
    ids = story_ids()
    for before, after in zip([ids[-1], *ids], ids):
        output[after] = embeddings[before]
    output[ids[0]] = [a + b for a, b in zip(output[ids[0]], embeddings[BOS])]

    def noise(rows, columns):
        return (rows, columns), [chance.uniform(-0.05, 0.05) for _ in range(rows * columns)]

    def flat(name, rows):
        return name, (VOCABULARY, WIDTH), [x for row in rows for x in row]

    whole = [flat("token_embd.weight", embeddings)]
    for block in range(BLOCKS):
        whole += [(f"blk.{block}.{name}.weight", (WIDTH,), [1.0] * WIDTH) for name in ("attn_norm", "ffn_norm")]
        shapes = {"attn_q": (WIDTH, WIDTH), "attn_k": (WIDTH // 2, WIDTH), "attn_v": (WIDTH // 2, WIDTH)}
        shapes |= {"attn_output": (WIDTH, WIDTH), "ffn_gate": (HIDDEN, WIDTH), "ffn_up": (HIDDEN, WIDTH)}
        shapes |= {"ffn_down": (WIDTH, HIDDEN)}
        whole += [(f"blk.{block}.{name}.weight", *noise(*shape)) for name, shape in shapes.items()]
    return [*whole, ("output_norm.weight", (WIDTH,), [1.0] * WIDTH), flat("output.weight", output)]


@functools.cache
def content():
    return gguf(metadata(), tensors())


def changed(values=None, without=(), shapes=None):
    """The bytes of the model with other metadata (key to (kind, value)), without some keys and tensors, and with tensors of
    zeros in other shapes.
    """
    entries = {key: (kind, v) for key, kind, v in metadata()} | (values or {})
    kept = [(key, *v) for key, v in entries.items() if key not in without]
    weights = {name: (shape, numbers) for name, shape, numbers in tensors() if name not in without}
    weights |= {name: (shape, [0.0] * math.prod(shape)) for name, shape in (shapes or {}).items()}
    return gguf(kept, [(name, *weight) for name, weight in weights.items()])


def split(count):
    """The same model as the bytes of several files."""
    each = -(-len(tensors()) // count)
    for index in range(count):
        keys = [("split.no", U16, index), ("split.count", U16, count), ("split.tensors.count", I32, len(tensors()))]
        yield gguf(keys + (metadata() if index == 0 else []), tensors()[index * each : (index + 1) * each])


@functools.cache
def path():
    """Of the model in a file, which lasts as long as this process."""
    path.folder = tempfile.TemporaryDirectory()
    file = pathlib.Path(path.folder.name) / "tiny.gguf"
    file.write_bytes(content())
    return file
