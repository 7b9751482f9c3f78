"""Runs a checkpoint in transformers, in float32 with eager attention, and keeps what comes out."""

import sys

import torch
import transformers
from safetensors.torch import save_file

from reference import Failure, first_line, read_object, say
from reference.hooks import Recorder


def model_class(folder, config, trust):
    """The class that config.json names: of transformers, or of the folder's own code."""
    name = (config.get("architectures") or [None])[0]
    if not name:
        raise Failure(f"{folder / 'config.json'}: names no class in architectures")
    own = {module.rpartition(".")[2]: auto for auto, module in config.get("auto_map", {}).items() if isinstance(module, str)}
    if trust and name in own:
        return getattr(transformers, own[name])
    found = getattr(transformers, name, None)
    if found:
        return found
    if name in own:
        raise Failure(f"{folder}: {name} is code of the checkpoint's own; --trust-remote-code runs it")
    raise Failure(f"{folder}: transformers {transformers.__version__} has no class {name}")


def load(folder, trust):
    kind = model_class(folder, read_object(folder / "config.json"), trust)
    say(f"loading {folder}")
    try:
        model, report = kind.from_pretrained(
            folder,
            dtype=torch.float32,
            attn_implementation="eager",
            local_files_only=True,
            trust_remote_code=trust,
            output_loading_info=True,
        )
    except (OSError, ValueError, ImportError, RuntimeError, KeyError) as error:
        raise Failure(f"{folder}: transformers cannot load it: {first_line(error)}") from None
    # A pooler that a bare model was not trained with reaches nothing that is dumped.
    bare = model.get_output_embeddings() is None and not hasattr(model, "classifier")
    missing = [name for name in sorted(report["missing_keys"]) if not (bare and "pooler." in name)]
    if missing:
        raise Failure(f"{folder}: has no weights for {', '.join(missing[:5])}{' ...' * (len(missing) > 5)}")
    if report["unexpected_keys"]:
        unused = sorted(report["unexpected_keys"])
        say(f"{len(unused)} tensors are not used by {type(model).__name__}, the first: {unused[0]}")
    return model.float().eval()


def tokens(folder, text, trust):
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=trust)
    except (OSError, ValueError, ImportError, KeyError) as error:
        raise Failure(f"{folder}: transformers cannot load the tokenizer: {first_line(error)}; --ids does without") from None
    return tokenizer(text)["input_ids"]


def check_ids(model, ids, greedy):
    config = model.config.get_text_config()
    vocabulary = config.vocab_size
    if not ids:
        raise Failure("the text has no tokens")
    if max(ids) >= vocabulary:
        raise Failure(f"id {max(ids)} is outside of the vocabulary, expected less than {vocabulary}")
    context = getattr(config, "max_position_embeddings", None)
    if context and len(ids) + greedy > context:
        raise Failure(f"{len(ids)} tokens and {greedy} greedy ones are more than the model's context of {context}")


def continue_greedily(model, ids, steps):
    """The tokens of the largest logits, whatever they are; the whole sequence is run for each, without a cache."""
    out = list(ids)
    for step in range(steps):
        if sys.stderr.isatty():
            print(f"\rreference: greedy token {step + 1} of {steps}", end="", file=sys.stderr, flush=True)
        logits = model(input_ids=torch.tensor([out]), use_cache=False).logits
        out.append(int(logits[0, -1].argmax()))
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return out[len(ids) :]


def embeddings(hidden):
    vectors = {"mean": hidden.mean(0), "cls": hidden[0], "last": hidden[-1]}
    return {f"embedding.{name}": torch.nn.functional.normalize(vector, dim=0) for name, vector in vectors.items()}


def outputs(model, ids):
    """Embeddings, what leaves each block, and what the model ends with."""
    options = {"use_cache": False} if model.can_generate() else {}
    out = model(input_ids=torch.tensor([ids]), output_hidden_states=True, **options)
    hidden = out.get("hidden_states")
    if not hidden:
        raise Failure(f"{type(model).__name__} gives no hidden states; encoder-decoder models are not supported")
    results = {f"hidden.{i}": state[0] for i, state in enumerate(hidden)}
    if out.get("logits") is not None:  # of a text [1, labels], of tokens [1, tokens, vocab]
        results["logits"] = out.logits[0] if out.logits.dim() == 3 else out.logits
    else:
        results |= embeddings(out.last_hidden_state[0])
    return results


def write(path, results, metadata):
    made_by = f"transformers {transformers.__version__}, torch {torch.__version__}"
    try:
        save_file({name: value.contiguous().clone() for name, value in results.items()}, path, {"made_by": made_by, **metadata})
    except Exception as error:  # safetensors' own, which is not an OSError
        raise Failure(f"{path}: cannot be written: {first_line(error)}") from None
    say(f"wrote {path}: {', '.join(results)}")


@torch.no_grad()
def dump(folder, arguments):
    layers = read_object(arguments.layers) if arguments.layers else {}
    model = load(folder, arguments.trust_remote_code)
    ids = arguments.ids or tokens(folder, arguments.text, arguments.trust_remote_code)
    greedy = arguments.greedy if model.can_generate() else 0
    check_ids(model, ids, greedy)
    with Recorder(model, layers, len(ids)) as recorder:
        results = outputs(model, ids)
    results |= recorder.results
    results["input_ids"] = torch.tensor(ids, dtype=torch.int32)
    if greedy:
        results["greedy.prompt"] = results["input_ids"]
        results["greedy.tokens"] = torch.tensor(continue_greedily(model, ids, greedy), dtype=torch.int32)
    metadata = {"class": type(model).__name__} | ({} if arguments.ids else {"text": arguments.text})
    write(arguments.output, results, metadata)
