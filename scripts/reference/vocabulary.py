"""A small byte-level BPE vocabulary, learnt from a fixed text, with special tokens where a configuration has them."""

import json

import tokenizers
import transformers
from tokenizers import decoders, models, pre_tokenizers, processors, trainers

from reference import TEXT, Failure

LEARNT_FROM = [
    TEXT,
    "Language models read tokens, which are pieces of words, and tell how likely each token is to come next.",
    "A model that was never trained tells nothing; but whoever computes the same from the same numbers is right.",
]
NAMES = {"bos_token_id": "<bos>", "eos_token_id": "<eos>", "pad_token_id": "<pad>"}


def special_ids(path, fields, config):
    """Ids to texts. Ids that the file does not give, and its class puts outside of the vocabulary, are chosen."""
    config = config.get_text_config()
    given = fields.get("text_config", fields)
    size = config.vocab_size
    if size < 256 + len(NAMES):
        raise Failure(f"{path}: vocab_size {size}, expected at least {256 + len(NAMES)}: a token for each byte, and special ones")
    out = {}
    for free, (field, text) in enumerate(NAMES.items()):
        ids = getattr(config, field, None)
        first = ids[0] if isinstance(ids, list) and ids else ids
        if first is not None and first >= size:
            if field in given:
                raise Failure(f"{path}: {field} {first}, expected less than vocab_size, which is {size}")
            first = free
            setattr(config, field, first)
        if isinstance(first, int) and first >= 0:
            out.setdefault(first, text)
    return out


def learnt(size):
    """The tokens and merges of a vocabulary of at most this size."""
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=size, min_frequency=1, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(LEARNT_FROM, trainer)
    ids = tokenizer.get_vocab()
    return sorted(ids, key=ids.get), [tuple(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]


def save_tokenizer(folder, size, special, generates):
    texts, merges = learnt(size - len(special))
    places = [id for id in range(size) if id not in special]
    unused = {id: f"<unused{id}>" for id in places[len(texts) :]}
    tokenizer = tokenizers.Tokenizer(models.BPE({**dict(zip(texts, places)), **{t: i for i, t in (special | unused).items()}}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([text for _, text in sorted((special | unused).items())])
    bos = next(((text, id) for id, text in special.items() if text == "<bos>"), None)
    if bos and generates:
        tokenizer.post_processor = processors.TemplateProcessing(single="<bos> $A", pair="<bos> $A <bos> $B", special_tokens=[bos])
    names = {field.removesuffix("_id"): text for field, text in NAMES.items() if text in special.values()}
    transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(folder)
