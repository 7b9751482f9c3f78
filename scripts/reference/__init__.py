"""The parts of scripts/reference.py."""

import json
import sys

TEXT = (
    "The licensee may copy and distribute the Program's source code in 2024, provided that you keep intact all notices;"
    " it's free software. Über 123456 naïve cafés"
)


class Failure(Exception):
    """What stops the script, in words for its user."""


def say(text):
    print(f"reference: {text}", file=sys.stderr, flush=True)


def first_line(error):
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def read_object(path):
    """The JSON object in a file."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Failure(f"{path}: there is no such file") from None
    except ValueError as error:
        raise Failure(f"{path}: is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise Failure(f"{path}: holds no JSON object")
    return value
