"""Files that are broken by accident or on purpose: every command answers with one message that names the file and says what
is wrong, in little memory, and leaves nothing behind.

The cases come in classes, each a table: what is no GGUF file or ends too early, counts and lengths that wrap or that no memory
holds, dimensions, sizes, alignment, types and places of tensors, hyper-parameters and tensors that contradict each other,
vocabularies, parts of split models, and safetensors headers. Checkpoints and adapters have tables of their own; other companion
files (control vectors, projectors, drafts) are missing because the program has no reader of them.
"""

import dataclasses
import os
import random
import struct
import unittest

import support
import tiny_model
from support import CliTest, cria
from tiny_model import ARRAY, F32, I32, TEXT, U16, U32

MEMORY = 1 << 30  # of address space, for files of less than a MB
COMPUTING = {"run", "embed", "logits", "compare", "bench"}
TOKENIZING, SHOWING = {"tokenize", "detokenize"}, {"show"}
ALL = COMPUTING | TOKENIZING | SHOWING
LOADING = COMPUTING  # what needs a model that fits its weights
SPEAKING = TOKENIZING | {"run", "embed"}  # what needs a vocabulary


@dataclasses.dataclass
class Case:
    name: str
    content: bytes
    says: str  # expected in the message, as a regular expression
    commands: set = dataclasses.field(default_factory=lambda: ALL)  # that must refuse it; the others must accept it


def header(tensors, metadata, version=3):
    return struct.pack("<4sIQQ", b"GGUF", version, tensors, metadata)


def key(name, kind, body=b""):
    return tiny_model.text(name) + struct.pack("<I", kind) + body


def other_and_truncated_files():
    whole = tiny_model.content()
    noise = random.Random(1).randbytes(5000)
    yield Case("empty", b"", "not a GGUF file but an empty file")
    yield Case("four-bytes", b"GGUF", "truncated")
    yield Case("noise", noise, "not a GGUF file but a file that begins with")
    yield Case("noise-after-magic", b"GGUF" + struct.pack("<I", 3) + noise, "announces")
    yield Case("version-1", header(0, 0, version=1), "version 1, expected 2 or 3")
    yield Case("big-endian", header(0, 0, version=3 << 24), "big-endian")
    yield Case("zip", b"PK\3\4" + noise, "zip archive")
    yield Case("pickle", b"\x80\2}q\0.", "pickle")
    yield Case("safetensors", struct.pack("<Q", 2) + b"{}", "a safetensors file")
    yield Case("json", b'{"error": "not found"}', "JSON")
    yield Case("html", b"<!DOCTYPE html><html></html>", "an HTML page")
    yield Case("cut-in-metadata", whole[:1000], "truncated|announces")
    yield Case("cut-in-tensor-list", whole[: whole.index(b"blk.1.ffn_down")], "truncated|announces")
    yield Case("cut-in-data", whole[: len(whole) // 2], "beyond the end of the file")
    yield Case("one-byte-short", whole[:-1], "beyond the end of the file")


def counts():
    """Numbers and lengths that no memory could hold."""
    huge = struct.pack("<Q", 1 << 62)
    for count in (1 << 32, 1 << 62, (1 << 64) // 24 + 1, (1 << 64) - 1):
        yield Case(f"tensors-{count}", header(count, 0), f"announces {count} tensors")
        yield Case(f"metadata-{count}", header(0, count), f"announces {count} metadata entries")
    yield Case("key-length", header(0, 1) + huge + bytes(100), "a string of 4611686018427387904 bytes")
    yield Case("text-length", header(0, 1) + key("k", TEXT, huge + bytes(100)), '"k".* a string of 4611686018427387904 bytes')
    for kind in (0, F32, TEXT, 12):
        array = struct.pack("<I", kind) + huge + bytes(100)
        yield Case(f"array-length-{kind}", header(0, 1) + key("k", ARRAY, array), '"k".* announces 4611686018427387904')
    nested = struct.pack("<IQ", ARRAY, 1) * 10000
    yield Case("nested-arrays", header(0, 1) + key("k", ARRAY, nested), "an array of arrays")
    yield Case("value-type", header(0, 1) + key("k", 13, bytes(8)), "value type 13, expected 0 to 12")


def tensors():
    """Dimensions, types and places of tensors."""

    def one(dims, kind=0, offset=0, data=bytes(64), alignment=None):
        keys = tiny_model.entry("general.alignment", *alignment) if alignment else b""
        entry = tiny_model.text("t") + struct.pack(f"<I{len(dims)}QIQ", len(dims), *dims, kind, offset)
        start = header(1, 1 if alignment else 0) + keys + entry
        return start + bytes(-len(start) % 32) + data

    yield Case("dimensions-5", one([1] * 5), "has 5 dimensions, expected at most 4")
    yield Case("dimensions-many", one([1] * 100), "has 100 dimensions")
    yield Case("dimension-0", one([0, 4]), r"dimensions \[4, 0\]")
    yield Case("dimension-negative", one([(1 << 64) - 1]), r"dimensions \[-1\]")
    yield Case("size-wraps-to-0", one([1 << 62]), "too large for any file")
    yield Case("product-wraps", one([1 << 32, 1 << 32]), "too large for any file")
    yield Case("half-a-block", one([33], kind=2), "rows of 33 elements, q4_0 needs a multiple of 32")
    for kind in (5, 31, 1000, 0xFFFFFFFF):
        yield Case(f"type-{kind}", one([4], kind=kind), f"type {kind} is unknown")
    yield Case("offset-beyond", one([4], offset=64), "beyond the end of the file")
    yield Case("offset-wraps", one([4], offset=(1 << 64) - 32), "beyond the end of the file")
    yield Case("misaligned", one([4], offset=4), "expected a multiple of the alignment 32")
    for alignment in (0, 3, 33):
        expected = f"general.alignment is integer {alignment}, expected a power of two"
        yield Case(f"alignment-{alignment}", one([4], alignment=(U32, alignment)), expected)
    yield Case("alignment-2^31", one([4], alignment=(U32, 1 << 31)), "beyond the end of the file")
    yield Case("alignment-text", one([4], alignment=(TEXT, "32")), 'general.alignment is text "32"')
    twice = tiny_model.gguf([], [("t", (2,), [1, 2]), ("t", (2,), [1, 2])])
    yield Case("tensor-twice", twice, '"t" is there twice')
    yield Case("key-twice", tiny_model.gguf([("k", U32, 1), ("k", U32, 2)], []), '"k" is there twice')
    entries = b"".join(tiny_model.text(name) + struct.pack("<IQIQ", 1, 16, 0, 0) for name in "ab")
    start = header(2, 0) + entries
    yield Case("overlap", start + bytes(-len(start) % 32 + 64), "overlaps")


def models():
    """Well-formed files of models that cannot be."""
    changed = tiny_model.changed

    def with_number(name, value, says, kind=U32):
        return Case(f"{name}={value}", changed({f"llama.{name}": (kind, value)}), says, LOADING)

    yield Case("nothing", header(0, 0), "general.architecture is absent|no vocabulary|tokenizer", ALL - SHOWING)
    yield Case("no-architecture", changed(without=["general.architecture"]), "general.architecture is absent", LOADING)
    unknown = changed({"general.architecture": (TEXT, "perceptron")})
    yield Case("unknown-architecture", unknown, "perceptron", LOADING)
    yield Case("architecture-number", changed({"general.architecture": (U32, 7)}), "general.architecture is integer 7", LOADING)
    yield Case("no-tensors", tiny_model.gguf(tiny_model.metadata(), []), "no tensors", LOADING)
    for size in ("block_count", "embedding_length", "feed_forward_length", "attention.head_count", "vocab_size"):
        yield with_number(size, 0, f"llama.{size} is 0, expected 1 to")
        yield with_number(size, -1, f"llama.{size} is -1, expected 1 to", I32)
        yield with_number(size, 0xFFFFFFFF, f"llama.{size} is 4294967295, expected 1 to")
    yield with_number("block_count", 1 << 24, "llama.block_count is 16777216, but there are only")
    yield with_number("block_count", tiny_model.BLOCKS + 1, "missing  blk.2.attn_q.weight")
    yield with_number("block_count", tiny_model.BLOCKS - 1, "unused   blk.1.attn_q.weight")
    yield with_number("embedding_length", 32, r"token_embd.weight is \[512, 64\], expected \[512, 32\]")
    yield with_number("attention.head_count", 1 << 23, "head_count|key_length|missing|expected")
    yield with_number("attention.head_count", 3, "attn_q.weight|head")
    yield with_number("attention.head_count_kv", 3, "head_count_kv|attn_k.weight")
    yield with_number("attention.layer_norm_rms_epsilon", "x", "text \"x\", expected a number", TEXT)
    yield with_number("attention.layer_norm_rms_epsilon", float("nan"), "expected a finite number", F32)
    yield with_number("rope.dimension_count", 1 << 20, "rope|dimension")
    yield with_number("rope.freq_base", 0.0, "llama.rope.freq_base is 0, expected above zero", F32)
    yield Case("block-count-text", changed({"llama.block_count": (TEXT, "2")}), 'llama.block_count is text "2"', LOADING)
    yield Case("missing-tensor", changed(without=["output_norm.weight"]), "missing  output_norm.weight", LOADING)
    bent = changed(shapes={"blk.0.ffn_up.weight": (96, 32)})
    yield Case("bent-tensor", bent, r"blk.0.ffn_up.weight is \[96, 32\], expected \[96, 64\]", LOADING)
    more = changed(shapes={"blk.0.unheard_of.weight": (2, 2)})
    yield Case("unused-tensor", more, "unused   blk.0.unheard_of.weight", LOADING)


def vocabularies():
    changed = tiny_model.changed
    tokens = "tokenizer.ggml.tokens"

    def case(name, values, says, commands=SPEAKING):
        return Case(name, changed(values), says, commands)

    yield Case("no-vocabulary", changed(without=[tokens]), "tokens", SPEAKING)
    yield case("tokens-numbers", {tokens: (U32, [1, 2, 3])}, "array of 3 integers, expected an array of texts")
    yield case("scores-bytes", {"tokenizer.ggml.scores": (TEXT, ["a", "b"])}, "expected an array of numbers")
    yield case("fewer-scores", {"tokenizer.ggml.scores": (F32, [0.0] * 3)}, "scores")
    yield case("fewer-types", {"tokenizer.ggml.token_type": (I32, [1] * 3)}, "token_type|types")
    yield case("type-99", {"tokenizer.ggml.token_type": (I32, [99] * tiny_model.VOCABULARY)}, "99")
    yield case("bos-beyond", {"tokenizer.ggml.bos_token_id": (U32, 512)}, "bos_token_id.* 512")
    yield case("eos-huge", {"tokenizer.ggml.eos_token_id": (U32, 1 << 31)}, "eos_token_id.* 2147483648")
    yield case("model-unknown", {"tokenizer.ggml.model": (TEXT, "sticks")}, "sticks")


class BadFileTest(CliTest):
    def setUp(self):
        super().setUp()
        # Sanitizers need an address space without end.
        self.memory = MEMORY if cria("--version", memory=MEMORY).status == 0 else None
        self.expected = self.folder / "expected.safetensors"
        support.write_safetensors(self.expected, {"input_ids": ("I32", [1], b"\1\0\0\0")}, {})
        self.output = self.folder / "out.safetensors"

    def arguments(self, command, path):
        more = {
            "run": ["hi", "--raw", "--num-predict", "1", "--num-ctx", "32"],
            "embed": ["hi"],
            "tokenize": ["hi"],
            "detokenize": ["1"],
            "logits": ["--ids", "1", "-o", self.output],
            "compare": [self.expected],
            "bench": ["--prefill", "8", "--decode", "1", "--repeat", "1"],
        }
        return [command, path, *more.get(command, [])]

    def refuse(self, path, says, commands=ALL, about=None):
        """The message names the path, or what it is `about`."""
        for command in sorted(commands):
            with self.subTest(command=command, file=str(path)):
                outcome = self.fail_with(1, *self.arguments(command, path), memory=self.memory)
                self.assertIn(str(about or path), outcome.err, outcome)
                self.assertRegex(outcome.err, says, outcome)
        self.assertFalse(self.output.exists())


class BadFiles(BadFileTest):
    def check(self, cases):
        for case in cases:
            path = self.folder / f"{case.name}.gguf"
            path.write_bytes(case.content)
            self.refuse(path, case.says, case.commands)
            for command in sorted(SHOWING - case.commands):
                with self.subTest(command=command, file=str(path)):
                    self.succeed(*self.arguments(command, path), memory=self.memory)
            path.unlink()

    def test_a_good_file_is_accepted(self):
        path = self.folder / "good.gguf"
        path.write_bytes(tiny_model.changed())
        for command in sorted(ALL - {"compare"}):
            self.succeed(*self.arguments(command, path), memory=self.memory)

    def test_files_that_are_no_gguf(self):
        self.check(other_and_truncated_files())

    def test_counts_and_lengths(self):
        self.check(counts())

    def test_tensors(self):
        self.check(tensors())

    def test_models(self):
        self.check(models())

    def test_vocabularies(self):
        self.check(vocabularies())

    def test_weights_that_are_no_numbers(self):
        path = self.folder / "nan.gguf"
        for number in (float("nan"), float("inf")):
            weights = [(name, shape, [number] * len(v)) for name, shape, v in tiny_model.tensors()]
            path.write_bytes(tiny_model.gguf(tiny_model.metadata(), weights))
            self.refuse(path, "contains NaN", {"run", "embed"})
            for command in sorted(ALL - {"run", "embed", "compare"}):
                self.succeed(*self.arguments(command, path), memory=self.memory)
            self.output.unlink()

    def test_what_is_no_file(self):
        folder, pipe, dangling = (self.folder / name for name in ("folder.gguf", "pipe.gguf", "dangling.gguf"))
        folder.mkdir()
        os.mkfifo(pipe)
        dangling.symlink_to(self.folder / "nowhere")
        self.refuse(self.folder / "missing.gguf", "No such file")
        self.refuse(f"{self.folder}/missing/too.gguf", "No such file")
        self.refuse(dangling, "No such file")
        self.refuse(folder, "is a folder")
        self.refuse(pipe, "is a pipe")
        self.refuse("/dev/zero", "is a device")

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_what_may_not_be_read(self):
        path = self.folder / "secret.gguf"
        path.write_bytes(tiny_model.content())
        path.chmod(0)
        self.refuse(path, "Permission denied")

    def test_names_cannot_leave_the_store(self):
        for name in ("../../etc/passwd", "a/../../b", "..", "a//b", "x\x01y", "a" * 5000, "http://", "x:..", "%2e%2e/x"):
            for command in ("show", "run"):
                with self.subTest(name=name[:40], command=command):
                    env = support.environment(CRIA_MODELS=str(self.folder / "models"))
                    self.fail_with(1, *self.arguments(command, name), env=env, memory=self.memory)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["expected.safetensors"])

    def test_expected_results_that_are_broken(self):
        good = self.expected.read_bytes()
        for name, content, says in (
            ("empty", b"", "has 0 bytes"),
            ("cut-in-header", good[:20], "header of"),
            ("cut-in-data", good[:-1], "beyond the"),
            ("header-too-long", struct.pack("<Q", 1 << 62) + good[8:], "header of 4611686018427387904 bytes"),
            ("no-json", struct.pack("<Q", 8) + b"{nothing", "no valid JSON"),
            ("deep", struct.pack("<Q", 100000) + b'{"a":' + b"[" * 99995, "an array where none belongs"),
            ("pickle", b"\x80\2}q\0.", "safetensors"),
        ):
            with self.subTest(name):
                path = self.folder / name
                path.write_bytes(content)
                outcome = self.fail_with(1, "compare", tiny_model.path(), path, memory=self.memory)
                self.assertIn(str(path), outcome.err)
                self.assertRegex(outcome.err, says)


class Split(BadFileTest):
    """A model in several files."""

    def paths(self, count=3):
        paths = [self.folder / f"tiny-{index + 1:05}-of-{count:05}.gguf" for index in range(count)]
        for path, content in zip(paths, tiny_model.split(count)):
            path.write_bytes(content)
        return paths

    def test_every_part_opens_the_whole(self):
        for path in self.paths():
            for command in sorted(ALL - {"compare"}):
                self.succeed(*self.arguments(command, path), memory=self.memory)
            self.assertRegex(self.succeed("show", path).out, r"(?m)^    files +3$")
            answer = self.succeed("run", path, "Once", "--raw", "--temperature", "0", "--num-predict", "2").out
            self.assertEqual(answer, " upon a\n")

    def test_a_missing_part_is_named(self):
        first, second, third = self.paths()
        second.unlink()
        for path in (first, third):
            self.refuse(path, str(second))

    def test_parts_of_another_model_are_refused(self):
        first, second, third = self.paths()
        second.write_bytes(third.read_bytes())
        self.refuse(first, "split.no is 2, expected 1")
        second.write_bytes(tiny_model.gguf([("split.no", U16, 1), ("split.count", U16, 3)], []))
        self.refuse(first, "split.tensors.count")
        second.write_bytes(b"GGUF")
        self.refuse(first, "truncated", about=second)
