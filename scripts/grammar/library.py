"""llguidance as a static library, and the program that walks it together with ours; all in build/check_grammar."""

import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "build" / "check_grammar"
VERSION = "1.9.1"
CRATE = f"""[package]
name = "guidance"
version = "0.0.0"
edition = "2021"

[lib]
crate-type = ["staticlib"]
path = "lib.rs"

[dependencies.guide]
package = "llguidance"
version = "={VERSION}"
"""


class Failure(Exception):
    pass


def run(what, *arguments, **environment):
    print(f"check_grammar: {what}", file=sys.stderr)
    log = FOLDER / "log"
    with open(log, "w", encoding="utf-8") as output:
        done = subprocess.run(
            arguments, check=False, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **environment}
        )
    if done.returncode != 0:
        tail = log.read_text(errors="replace").splitlines()[-20:]
        raise Failure("\n  ".join([f"{what} failed; the end of {log}:", *tail]))


def cargo():
    """Of the PATH, of rustup's usual place, or of Debian's package of web browsers' tools."""
    own = pathlib.Path.home() / ".cargo" / "bin" / "cargo"
    found = shutil.which("cargo-web") or shutil.which("cargo") or (str(own) if own.exists() else None)
    if found:
        return found
    if os.getuid() != 0:
        raise Failure("no cargo here, and only root may install it: apt install cargo-web")
    run("installing cargo", "apt-get", "install", "-y", "-q", "--no-install-recommends", "cargo-web")
    return "cargo-web" if shutil.which("cargo-web") else "cargo"


def library():
    """The folder of the header and the library."""
    made = FOLDER / "llguidance"
    if (made / "libllguidance.a").exists():
        return made
    crate = FOLDER / "crate"
    crate.mkdir(parents=True, exist_ok=True)
    (crate / "Cargo.toml").write_text(CRATE)
    (crate / "lib.rs").write_text("pub use guide::*;\n")
    home = {"CARGO_HOME": str(FOLDER / "cargo"), "CARGO_TARGET_DIR": str(FOLDER / "target")}
    run("building llguidance, once", cargo(), "build", "--release", "--manifest-path", str(crate / "Cargo.toml"), **home)
    headers = list((FOLDER / "cargo" / "registry" / "src").glob(f"*/llguidance-{VERSION}/llguidance.h"))
    made.mkdir(exist_ok=True)
    shutil.copy(headers[0], made)
    shutil.copy(FOLDER / "target" / "release" / "libguidance.a", made / "libllguidance.a")
    return made


def program():
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = library()
    build = FOLDER / "build"
    flags = ["-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS=-D_GLIBCXX_ASSERTIONS", f"-DCRIA_LLGUIDANCE={made}"]
    run("configuring", "cmake", "-S", ".", "-B", str(build), "-G", "Ninja", *flags)
    run("building the program", "cmake", "--build", str(build), "--target", "grammar_cases")
    return build / "grammar_cases"


def judge():
    """Goes on in a Python that has jsonschema: it says which of two that disagree is right."""
    home = FOLDER / "python"
    python = home / "bin" / "python"
    if pathlib.Path(sys.prefix).resolve() == home:
        return
    if not (home / "ready").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        run("making a Python environment, once", sys.executable, "-m", "venv", str(home))
        run("installing jsonschema", str(python), "-m", "pip", "install", "--no-input", "jsonschema[format]")
        (home / "ready").touch()
    os.execv(python, [str(python), *sys.argv])
