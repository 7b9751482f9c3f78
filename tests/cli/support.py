"""What the black-box tests of the program share: running it, models, and a terminal to talk through."""

import fcntl
import json
import os
import pathlib
import pty
import resource
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

import tiny_model

PROGRAM = ""  # set by cli_test.py
SECONDS = 120  # the longest that anything may take
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FIXTURES = pathlib.Path(os.environ.get("CRIA_FIXTURES", ROOT / ".." / "shared" / "fixtures"))
STORIES = FIXTURES / "stories260K" / "stories260K-f32.gguf"


def environment(**more):
    """Of this process, without what changes how the program behaves."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CRIA_", "OLLAMA_", "XDG_"))}
    # No server and no file of settings, whatever this machine has.
    alone = {"LC_ALL": "C.UTF-8", "CRIA_HOST": "127.0.0.1:1", "XDG_CONFIG_HOME": "/nonexistent"}
    return {**kept, **alone, **more}


class Outcome:
    def __init__(self, done):
        self.status = done.returncode
        self.bytes = done.stdout
        self.out = done.stdout.decode("utf-8", "replace")
        self.err = done.stderr.decode("utf-8", "replace")

    def __repr__(self):
        return f"status {self.status}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


def cria(*arguments, stdin=b"", env=None, memory=None):
    """Runs the program, with at most so many bytes of address space."""
    done = subprocess.run(
        [PROGRAM, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        timeout=SECONDS,
        env=env or environment(),
        preexec_fn=memory and (lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory))),
    )
    return Outcome(done)


class CliTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def succeed(self, *arguments, **more):
        outcome = cria(*arguments, **more)
        self.assertEqual(outcome.status, 0, outcome)
        return outcome

    def fail_with(self, status, *arguments, **more):
        """The outcome of a command that must fail with a message, one line or a list below it, and print nothing else."""
        outcome = cria(*arguments, **more)
        self.assertEqual(outcome.status, status, outcome)
        first, *below = outcome.err.splitlines() or [""]
        self.assertRegex(first, r"^cria: \S", outcome)
        usage = status == 2 and below and below.pop().startswith('Run "cria')
        self.assertEqual(bool(usage), status == 2, outcome)
        for line in below:
            self.assertRegex(line, r"^  \S", outcome)
        self.assertEqual(outcome.out, "", outcome)
        return outcome


class ModelTest(CliTest):
    """On a model of our own making, whose answers are known."""

    def setUp(self):
        super().setUp()
        self.model = tiny_model.path()


class StoriesTest(CliTest):
    """On a real model, which not everybody has."""

    def setUp(self):
        super().setUp()
        if not STORIES.exists():
            self.skipTest(f"no fixture {STORIES} (CRIA_FIXTURES names the folder)")


def read_safetensors(path):
    """Names to (dtype, shape, bytes), and the metadata."""
    data = pathlib.Path(path).read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = (entry["dtype"], entry["shape"], data[8 + size + begin : 8 + size + end])
    return tensors, metadata


def write_safetensors(path, tensors, metadata):
    header, offset = {"__metadata__": metadata}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    body = b"".join(data for _, _, data in tensors.values())
    pathlib.Path(path).write_bytes(struct.pack("<Q", len(text)) + text + body)


class Terminal:
    """The program at a pseudo-terminal."""

    def __init__(self, *arguments, env=None, columns=0):
        ours, theirs = pty.openpty()
        if columns:
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.ours = ours
        self.process = subprocess.Popen(
            [PROGRAM, *map(str, arguments)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=env or environment(TERM="xterm"),
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)
        self.seen = ""

    def send(self, text):
        os.write(self.ours, text.encode())

    def expect(self, text):
        """Reads until the text appears, and returns what came before it."""
        deadline = time.monotonic() + SECONDS
        while text not in self.seen:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self.ours], [], [], max(0, left))
            if not ready:
                raise AssertionError(f"no {text!r} within {SECONDS} s in {self.seen!r}")
            try:
                data = os.read(self.ours, 65536)
            except OSError:  # the program has closed the terminal
                data = b""
            if not data:
                raise AssertionError(f"the program ended without {text!r} in {self.seen!r}")
            self.seen += data.decode("utf-8", "replace")
        before, self.seen = self.seen.split(text, 1)
        return before

    def wait(self):
        """The exit status."""
        deadline = time.monotonic() + SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            ready, _, _ = select.select([self.ours], [], [], 0.05)
            if ready:
                try:
                    self.seen += os.read(self.ours, 65536).decode("utf-8", "replace")
                except OSError:
                    break
        return self.process.wait(timeout=SECONDS)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.ours)


def main():
    global PROGRAM
    if len(sys.argv) < 2:
        sys.exit("usage: cli_test.py PROGRAM [TEST...]")
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(module=None, argv=[sys.argv[0], *(sys.argv[1:] or ["discover", "-s", str(pathlib.Path(__file__).parent)])])
