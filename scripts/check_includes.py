#!/usr/bin/env python3
"""Checks that includes point one way: every folder under src may include itself, base, and what the table below allows.

A folder is the longest prefix of a file's path that the table names. Tests (*_test.cpp, and their headers test_*.h and fake_*.h)
may include anything, and nothing else may include those headers.
"""

import pathlib
import re
import sys

# The whole architecture: who may include whom. docs/architecture.md draws it.
ALLOWED = {
    "base": [],
    "fs/gguf": [],
    "fs/safetensors": [],
    "fs/pytorch": [],
    "ml": [],
    "ml/backend/reference": ["ml"],
    "ml/backend/cpu": ["ml", "ml/backend/cpu/kernels"],
    "ml/backend/cpu/kernels": ["ml"],
    "kvcache": ["ml"],
    "nn": ["kvcache", "ml"],
    "model": ["nn", "kvcache", "ml", "fs/gguf"],
    # Each architecture is a folder of its own below this one, and none includes another.
    "model/models": ["model", "nn", "kvcache", "ml"],
    "convert": ["tokenizer", "fs/gguf", "fs/safetensors", "fs/pytorch"],
    "convert/architectures": ["convert"],
    "quantize": ["ml", "fs/gguf"],
    "tokenizer": ["fs/gguf"],
    "sample": [],
    "grammar": [],
    "grammar/gbnf": ["grammar"],
    "grammar/regex": ["grammar"],
    "grammar/schema": ["grammar", "grammar/regex"],
    "image": [],
    "template": [],
    "runner": ["model", "kvcache", "tokenizer", "sample", "grammar"],
    "modelfile": [],
    "registry": ["modelfile", "template", "fs/gguf"],
    "create": ["registry", "modelfile", "template", "template/go", "convert", "quantize", "model", "tokenizer", "fs/gguf"],
    # A model that is ready to run, for commands and for the server.
    "serving": ["runner", "registry", "modelfile", "image", "template", "tokenizer", "sample", "grammar", "grammar/gbnf", "grammar/regex",
                "grammar/schema", "model", "kvcache", "ml", "fs/gguf"],
    "settings": [],
    "client": ["settings"],
    "web": [],
    "server/http": [],
    "server/answers": ["server/http", "template"],
    "server": ["server/answers", "server/http", "serving", "settings", "web", "grammar", "grammar/gbnf", "grammar/regex", "grammar/schema", "runner", "create", "registry", "modelfile", "image", "template", "tokenizer", "sample", "model", "kvcache", "ml", "fs/gguf"],
    "cmd": ["client", "server", "server/answers", "server/http", "serving", "settings", "runner", "create", "registry", "modelfile", "image", "template", "tokenizer", "sample", "grammar", "grammar/gbnf", "grammar/regex",
            "grammar/schema", "model", "kvcache", "ml", "convert", "quantize", "fs/gguf", "fs/safetensors"],
}

# Which folders may include a library's headers. The C++ standard library and the system are free to all.
LIBRARIES = {
    "nlohmann/": ["fs/safetensors", "convert", "registry", "grammar/schema", "client", "server/answers", "server", "cmd"],
    "CLI/": ["cmd"],
    "histedit.h": ["cmd"],
    "editline/": ["cmd"],
    "utf8proc.h": ["tokenizer", "template"],
    "openssl/": ["registry"],
    "png.h": ["image"],
    "jpeglib.h": ["image"],
    "jerror.h": ["image"],
    "webp/": ["image"],
    "microhttpd.h": ["server/http"],
    "curl/": ["client"],
    "gtest/": [],
    "gmock/": [],
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
SUFFIXES = (".cpp", ".h", ".inl", ".def")


def is_test(path):
    name = path.rpartition("/")[2]
    return name.endswith("_test.cpp") or name.startswith(("test_", "fake_"))


def folder_of(path):
    """The table's folder that a path from src lies in: "model/models/llama/llama.cpp" is in "model/models"."""
    fitting = [folder for folder in ALLOWED if path.startswith(folder + "/")]
    return max(fitting, key=len, default=None)


def architecture_of(path):
    parts = path.split("/")
    return parts[2] if folder_of(path) == "model/models" and len(parts) > 3 else None


def problem_with_ours(path, included):
    """What is wrong with including one of our headers, or nothing."""
    if is_test(included):
        return f'"{included}" is for tests'
    folder, other = folder_of(path), folder_of(included)
    if other is None:
        return f'"{included}" is in no folder of ours: includes go by path from src, libraries in <>'
    if architecture_of(path) != architecture_of(included) and architecture_of(included):
        return f'"{included}" belongs to one model: only that model may include it; share layers through nn'
    if other in (folder, "base") or other in ALLOWED[folder]:
        return None
    allowed = ", ".join(["base", *ALLOWED[folder]])
    return f'{folder} may not include {other} ("{included}"), only itself and {allowed}'


def problem_with_library(path, included):
    for prefix, folders in LIBRARIES.items():
        if included.startswith(prefix) and folder_of(path) not in folders:
            return f"<{included}> belongs in {', '.join(folders) or 'tests'}, not in {folder_of(path)}"
    return None


def problems(path, text, exists):
    """All that is wrong with the includes of a file; `exists` tells whether a path from src does."""
    if is_test(path):
        return
    if folder_of(path) is None:
        yield 1, "lies in no folder of scripts/check_includes.py's table: add a row there"
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        ours, library = match.groups()
        if ours:
            problem = problem_with_ours(path, ours)
            if not problem and not exists(ours):
                problem = f"there is no src/{ours}"
        else:
            problem = problem_with_library(path, library)
        if problem:
            yield number, problem


def self_test():
    def found(path, line):
        return bool(list(problems(path, line, lambda name: name != "ml/missing.h")))

    assert not found("nn/linear.h", '#include "ml/ops.h"')
    assert not found("nn/linear.h", "#include <vector>")
    assert not found("ml/tensor.cpp", '#include "ml/tensor.h"')
    assert not found("kvcache/cache.h", '#include "base/error.h"')
    assert not found("ml/backend/cpu/plan.cpp", '#include "ml/backend/cpu/kernels/pack.h"')
    assert not found("model/models/llama/llama.cpp", '#include "model/models/llama/parts.h"')
    assert not found("kvcache/cache_test.cpp", '#include "model/model.h"')
    assert not found("registry/store.cpp", "#include <nlohmann/json.hpp>")
    assert found("ml/tensor.h", '#include "nn/linear.h"')
    assert found("base/error.h", '#include "ml/shape.h"')
    assert found("cmd/main.cpp", '#include "ml/backend/cpu/plan.h"')
    assert found("ml/backend/reference/run.cpp", '#include "ml/backend/cpu/plan.h"')
    assert found("model/models/llama/llama.cpp", '#include "fs/gguf/gguf.h"')
    assert found("model/models/llama/llama.cpp", '#include "model/models/qwen3/parts.h"')
    assert found("model/loading.cpp", '#include "model/models/llama/parts.h"')
    assert found("nn/linear.h", '#include "linear.h"')
    assert found("nn/linear.h", '#include "ml/missing.h"')
    assert found("runner/engine.cpp", "#include <nlohmann/json.hpp>")
    assert found("base/error.cpp", "# include <gtest/gtest.h>")
    assert found("runner/engine.cpp", '#include "runner/fake_model.h"')
    assert found("newcomer/file.cpp", "")


def main():
    self_test()
    source = pathlib.Path(__file__).resolve().parent.parent / "src"
    files = [path for path in sorted(source.rglob("*")) if path.suffix in SUFFIXES]
    count = 0
    for file in files:
        path = file.relative_to(source).as_posix()
        for line, problem in problems(path, file.read_text(), lambda name: (source / name).is_file()):
            print(f"src/{path}:{line}: {problem}", file=sys.stderr)
            count += 1
    if not count:
        print(f"includes: {len(files)} files, all pointing the right way")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
