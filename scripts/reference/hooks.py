"""Keeps the outputs of modules inside of a model's blocks."""

import torch

from reference import Failure, say


def find_module(modules, wanted):
    """A module's full name: a checkpoint's name may have a prefix that the class has not, or lack one that it has."""
    if wanted in modules:
        return wanted
    longer = [name for name in modules if name.endswith("." + wanted)]
    if len(longer) == 1:
        return longer[0]
    shorter = [name for name in modules if name and wanted.endswith("." + name)]
    return max(shorter, key=len) if shorter and not longer else None


def rows(output, tokens):
    """[tokens, width] of an output that has the tokens along any dimension; None if it has not."""
    for dimension, size in enumerate(output.shape[:-1] if output.dim() > 1 else ()):
        if size == tokens and (dimension > 0 or output.dim() == 2):
            return output.movedim(dimension, 0).reshape(tokens, -1)
    if output.dim() == 3 and output.shape[2] == tokens:  # [1, width, tokens] of convolutions
        return output[0].T
    return None


class Recorder:
    """While open, the results of the modules that `layers` (cria's name to the module's) lists."""

    def __init__(self, model, layers, tokens):
        self.results = {}
        self._tokens = tokens
        self._problems = {}
        self._handles = []
        modules = dict(model.named_modules())
        for name, wanted in layers.items():
            if not isinstance(wanted, str):
                raise Failure(f"--layers: {name}: expected the name of a module, not {wanted!r}")
            found = find_module(modules, wanted)
            if found is None:
                self._problems[name] = f"there is no module {wanted}"
            else:
                self._handles.append(modules[found].register_forward_hook(self._hook(name)))

    def _hook(self, name):
        def keep(_module, _inputs, output):
            first = output[0] if isinstance(output, (tuple, list)) else output
            matrix = rows(first, self._tokens) if isinstance(first, torch.Tensor) else None
            if name in self.results:
                self._problems[name] = "the module runs more than once; its first output is kept"
            elif matrix is None:
                self._problems[name] = "the module's output has no row for each token"
            else:
                self.results[name] = matrix.float()

        return keep

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for handle in self._handles:
            handle.remove()
        for name, problem in self._problems.items():
            say(f"--layers: {name}: {problem}")
