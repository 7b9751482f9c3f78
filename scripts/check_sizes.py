#!/usr/bin/env python3
"""Checks that source files stay small: 400 lines are worth a look, 800 are an error. Generated tables are excepted."""

import pathlib
import statistics
import sys

SOFT, HARD = 400, 800
GENERATED = set()  # paths from the top of the checkout


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    lines = {}
    for folder in ("src", "tests", "benchmarks", "fuzz"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".cpp", ".h", ".inl"):
                lines[path.relative_to(root).as_posix()] = path.read_bytes().count(b"\n")
    missing = [name for name in sorted(GENERATED) if name not in lines]
    counted = {name: count for name, count in lines.items() if name not in GENERATED}

    for name in missing:
        print(f"{name}: excepted as generated, but there is no such file", file=sys.stderr)
    too_long = [name for name, count in counted.items() if count > HARD]
    for name, count in counted.items():
        if count > HARD:
            print(f"{name}: {count} lines, at most {HARD} are allowed: split it", file=sys.stderr)
        elif count > SOFT:
            print(f"{name}: {count} lines, more than {SOFT}: could it be two files?", file=sys.stderr)
    if counted:
        print(f"sizes: {len(counted)} files, median {statistics.median_high(counted.values())} lines")
    return 1 if missing or too_long else 0


if __name__ == "__main__":
    sys.exit(main())
