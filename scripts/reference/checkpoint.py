"""Makes a tiny checkpoint of random weights from a config.json."""

import torch
import transformers
from transformers.models.auto import modeling_auto

from reference import Failure, first_line, read_object, say
from reference.vocabulary import save_tokenizer, special_ids

MOST_PARAMETERS = 100_000_000


def class_of(path, config):
    names = config.get("architectures") or [
        mapping[config["model_type"]]
        for mapping in (modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, modeling_auto.MODEL_MAPPING_NAMES)
        if config.get("model_type") in mapping
    ]
    if not names:
        raise Failure(f'{path}: names no class: expected "architectures": [CLASS], or a "model_type" of transformers')
    found = getattr(transformers, names[0], None)
    if found is None or not hasattr(found, "config_class"):
        raise Failure(f"{path}: transformers {transformers.__version__} has no class {names[0]}")
    return found


def configuration(path, fields, kind):
    try:
        config = kind.config_class(**{name: value for name, value in fields.items() if name != "model_type"})
    except Exception as error:  # whatever a class makes of wrong fields
        raise Failure(f"{path}: {kind.config_class.__name__} refuses it: {first_line(error)}") from None
    known = set(kind.config_class().to_dict()) | set(kind.config_class.attribute_map)
    # Older names of fields are kept under the new ones only.
    unknown = sorted(set(fields) & set(config.to_dict()) - known)
    if unknown:
        say(f"{path}: {kind.config_class.__name__} does not name {', '.join(unknown)}")
    return config


def build(path, config, kind):
    try:
        with torch.device("meta"):
            size = sum(parameter.numel() for parameter in kind(config).parameters())
        if size > MOST_PARAMETERS:
            raise Failure(f"{path}: that would be {size:,} parameters, expected at most {MOST_PARAMETERS:,}: give small sizes")
        return kind(config).eval(), size
    except (ValueError, RuntimeError, TypeError, AssertionError, KeyError) as error:
        raise Failure(f"{path}: {kind.__name__} refuses it: {first_line(error)}") from None


@torch.no_grad()
def randomize(model, seed):
    """Draws every stored weight. Vectors lie around what they start from, 1 in norms and 0 in biases, and not at it."""
    generator = torch.Generator().manual_seed(seed)
    drawn = set()
    for tensor in model.state_dict().values():
        if not tensor.is_floating_point() or tensor.data_ptr() in drawn:
            continue
        drawn.add(tensor.data_ptr())
        noise = torch.randn(tensor.shape, generator=generator)
        if tensor.dim() > 1:
            tensor.copy_(noise * tensor.shape[-1] ** -0.5)
        else:
            tensor.copy_(0.2 * noise + float(bool((tensor == 1).all())))


def make(path, folder, seed, dtype):
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Failure(f"{folder}: is there already, expected a new or empty folder")
    fields = read_object(path)
    kind = class_of(path, fields)
    config = configuration(path, fields, kind)
    special = special_ids(path, fields, config)
    model, size = build(path, config, kind)
    randomize(model, seed)
    model.to(getattr(torch, dtype)).save_pretrained(folder)
    save_tokenizer(folder, config.get_text_config().vocab_size, special, model.can_generate())
    say(f"made {folder}: {kind.__name__}, {size:,} parameters, {dtype}")
