#!/usr/bin/env python3
"""Checks that the kernels compiled for one instruction set hold no symbol that the linker could use everywhere.

An inline function, a template or a variable of a header is emitted into every object that uses it, as a weak symbol, and the
linker keeps any one of them. If that is the one compiled for AVX-512, cria dies on a processor without it, far from the kernels.
Usage: check_objects.py BUILD_FOLDER
"""

import pathlib
import subprocess
import sys

KERNELS = "src/ml/backend/cpu/kernels"
PLAINEST = "generic.cpp"  # compiled like all other code


def weak_symbols(path):
    listing = subprocess.run(["nm", "-C", "--defined-only", path], check=True, capture_output=True, text=True).stdout
    for line in listing.splitlines():
        _, kind, name = line.split(maxsplit=2)
        if kind in "WwVvu":
            yield name


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    root = pathlib.Path(__file__).resolve().parent.parent
    objects = pathlib.Path(sys.argv[1]) / KERNELS / "CMakeFiles/cpu_kernels.dir"
    found = checked = 0
    for source in sorted((root / KERNELS).glob("*.cpp")):
        compiled = objects / (source.name + ".o")
        if source.name == PLAINEST or "table.inl" not in source.read_text() or not compiled.exists():
            continue
        checked += 1
        for name in weak_symbols(compiled):
            print(f"{KERNELS}/{source.name}: {name} may replace the one of all other code: make it local to the file",
                  file=sys.stderr)
            found += 1
    print(f"objects: {checked} instruction sets checked, {found} symbols shared by mistake")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
