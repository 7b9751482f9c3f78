#!/usr/bin/env python3
"""Dumps what a model gives in transformers, the original implementation, for `cria compare` to hold cria against.

Also makes tiny random checkpoints of any class of transformers, so that adding a model needs no download. Only these
two things need transformers and torch; `--install` puts them into an environment of their own in build/reference.
"""

import argparse
import os
import pathlib
import sys

sys.dont_write_bytecode = True  # nothing but build/ is written to

from reference import TEXT, Failure  # noqa: E402
from reference.environment import enter  # noqa: E402

EXAMPLES = """examples:
  scripts/reference.py --install                                      once: torch and transformers into build/reference
  scripts/reference.py Llama-3.2-1B -o expected.safetensors
  scripts/reference.py Llama-3.2-1B -o expected.safetensors --text "Why is the sky blue?" --greedy 16
  scripts/reference.py Llama-3.2-1B -o expected.safetensors --ids 1,403,407 --layers layers.json
  scripts/reference.py --random config.json --folder tiny             a random checkpoint ...
  scripts/reference.py tiny -o expected.safetensors                   ... and its results

then:
  cria convert tiny -o tiny.gguf --type f32
  cria compare tiny.gguf expected.safetensors --max-nmse 1e-9
"""


def token_ids(text):
    try:
        ids = [int(part) for part in text.replace(",", " ").split()]
    except ValueError:
        ids = []
    if not ids or min(ids) < 0:
        raise argparse.ArgumentTypeError(f'"{text}" is no list of ids, expected one such as 1,403,407')
    return ids


def count(text):
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f'"{text}" is no count')
    return int(text)


def parser():
    out = argparse.ArgumentParser(
        prog="scripts/reference.py",
        description=__doc__.splitlines()[0],
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    path = pathlib.Path
    out.add_argument("model", metavar="DIR", nargs="?", type=path, help="the checkpoint's folder, as it is published")
    out.add_argument("-o", "--output", metavar="FILE", type=path, help="the .safetensors file to write")
    given = out.add_mutually_exclusive_group()
    given.add_argument("--text", default=TEXT, help="what the model reads (default: a line of English and other signs)")
    given.add_argument("--ids", type=token_ids, metavar="1,2,3", help="token ids instead of a text")
    out.add_argument("--greedy", type=count, default=32, metavar="N", help="tokens a generator continues with (default: 32)")
    out.add_argument("--layers", type=path, metavar="FILE", help="a JSON object, cria's names to names of modules; their outputs are added")
    out.add_argument("--trust-remote-code", action="store_true", help="run Python code that the checkpoint's folder brings")
    out.add_argument("--random", type=path, metavar="CONFIG", help="make a random checkpoint of this config.json")
    out.add_argument("--folder", type=path, metavar="DIR", help="where --random makes it; new or empty")
    out.add_argument("--seed", type=count, default=0, metavar="N", help="of --random (default: 0)")
    out.add_argument("--dtype", choices=("bfloat16", "float32"), default="bfloat16", help="of --random (default: bfloat16)")
    out.add_argument("--install", action="store_true", help="make the environment in build/reference first")
    return out


def check(arguments, usage):
    """Ends with a message about arguments that do not belong together."""
    if bool(arguments.random) != bool(arguments.folder):
        usage.error("--random CONFIG and --folder DIR go together")
    if arguments.random and arguments.model:
        usage.error("with --random the checkpoint's folder is that of --folder")
    if arguments.model and not arguments.output:
        usage.error("-o FILE is missing")
    if arguments.output and not (arguments.model or arguments.random):
        usage.error("DIR, the checkpoint's folder, is missing")
    if not (arguments.model or arguments.random or arguments.install):
        usage.error("DIR, the checkpoint's folder, is missing")


def run(arguments):
    folder = arguments.model or arguments.folder
    if not folder:  # --install alone
        enter(arguments.install)
        return
    if arguments.model and not folder.is_dir():
        raise Failure(f"{folder}: there is no such folder")
    if arguments.output and not arguments.output.parent.is_dir():
        raise Failure(f"{arguments.output.parent}: there is no such folder")
    enter(arguments.install)
    if not sys.stderr.isatty():
        os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    if arguments.random:
        from reference.checkpoint import make

        make(arguments.random, folder, arguments.seed, arguments.dtype)
    if arguments.output:
        from reference.results import dump

        dump(folder, arguments)


def main():
    usage = parser()
    arguments = usage.parse_args()
    check(arguments, usage)
    try:
        run(arguments)
    except (Failure, OSError) as failure:
        print(f"reference: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
