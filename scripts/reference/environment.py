"""The Python environment in build/reference, which has torch and transformers."""

import importlib.util
import os
import pathlib
import re
import subprocess
import sys

from reference import Failure, say

FOLDER = pathlib.Path(__file__).resolve().parent.parent.parent / "build" / "reference"
PYTHON = FOLDER / "bin" / "python"
READY = FOLDER / "ready"  # is there once everything is installed
PACKAGES = ["transformers", "safetensors", "sentencepiece", "protobuf"]


def command(*arguments, quiet=False):
    return subprocess.run(arguments, check=False, text=True, stdout=subprocess.PIPE if quiet else sys.stderr)


def torch_package():
    """The build without CUDA, which is a tenth of the size, if the package index has it."""
    listed = command(PYTHON, "-m", "pip", "index", "versions", "torch", quiet=True).stdout
    found = re.search(r"Available versions:.*?([\w.]+\+cpu)\b", listed)
    return f"torch=={found.group(1)}" if found else "torch"


def install():
    if READY.exists():
        return
    say(f"making {FOLDER}, once; torch is large")
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    if command(sys.executable, "-m", "venv", FOLDER).returncode != 0:
        raise Failure("Python could not make an environment, see above; on Debian: apt install python3-venv")
    if command(PYTHON, "-m", "pip", "install", "--no-input", torch_package(), *PACKAGES).returncode != 0:
        raise Failure("pip could not install torch and transformers; its reason stands above. --install tries again")
    READY.touch()


def has_packages():
    return all(importlib.util.find_spec(name) for name in ("torch", "transformers", "safetensors"))


def enter(installing):
    """Goes on in the environment: runs this program again with its Python, unless that is what runs here."""
    if installing:
        install()
    if pathlib.Path(sys.prefix).resolve() == FOLDER:
        return
    if READY.exists():
        arguments = [argument for argument in sys.argv if argument != "--install"]
        if len(arguments) > 1:
            os.execv(PYTHON, [str(PYTHON), *arguments])
    elif not has_packages():
        raise Failure(
            "this needs torch and transformers, which this Python has not; call it with --install once, which puts"
            f" them into {FOLDER} (up to some GB), or run it by a Python that has them"
        )
