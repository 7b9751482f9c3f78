"""LoRA adapters: what they change, and files that are broken or are for another model."""

import json
import random
import struct

import support
import tiny_model
from support import ModelTest, cria
from tiny_model import ARRAY, F32, TEXT, U32, WIDTH

RANK = 2
NAME = "blk.1.attn_v.weight"
OUT = WIDTH // 2


def matrix(rows, columns, seed=7):
    chance = random.Random(seed)
    return (rows, columns), [chance.uniform(-1, 1) for _ in range(rows * columns)]


def adapter(values=None, without=(), tensors=None):
    """The bytes of an adapter of one matrix, with other metadata and tensors (name to shape and numbers)."""
    keys = {
        "general.type": (TEXT, "adapter"),
        "general.architecture": (TEXT, "llama"),
        "adapter.type": (TEXT, "lora"),
        "adapter.lora.alpha": (F32, 3.0),
    }
    keys |= values or {}
    parts = {f"{NAME}.lora_a": matrix(RANK, WIDTH), f"{NAME}.lora_b": matrix(OUT, RANK)} | (tensors or {})
    return tiny_model.gguf(
        [(key, *v) for key, v in keys.items() if key not in without],
        [(name, *part) for name, part in parts.items() if name not in without],
    )


class AdapterTest(ModelTest):
    def write(self, content, name="adapter.gguf"):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def logits(self, *options):
        output = self.folder / "logits.safetensors"
        self.succeed("logits", self.model, "--ids", "1,2,3", "-o", output, "--kv", "f32", *options)
        (_, _, data) = support.read_safetensors(output)[0]["logits"]
        return struct.unpack(f"<{len(data) // 4}f", data)


class Adapters(AdapterTest):
    def test_change_what_a_model_computes(self):
        path = self.write(adapter())
        plain = self.logits()
        adapted = self.logits("--adapter", path)
        self.assertNotEqual(adapted, plain)
        self.assertEqual(self.logits("--adapter", f"{path}=0"), plain)
        self.assertEqual(self.logits("--adapter", f"{path}=1"), adapted)

    def test_add_up(self):
        path = self.write(adapter())
        once = self.logits("--adapter", path)
        twice = self.logits("--adapter", f"{path}=0.25", "--adapter", f"{path}=0.75")
        for one, other in zip(once, twice):
            self.assertAlmostEqual(one, other, places=3)

    def test_are_those_of_merged_weights(self):
        """The file of the sum of both, and an adapter of the output."""
        (_, a), (_, b) = matrix(RANK, WIDTH), matrix(OUT, RANK)
        merged = []
        for name, shape, numbers in tiny_model.tensors():
            if name == NAME:
                terms = lambda row, column: sum(b[row * RANK + r] * a[r * WIDTH + column] for r in range(RANK))
                numbers = [x + 1.5 * terms(i // WIDTH, i % WIDTH) for i, x in enumerate(numbers)]
            merged.append((name, shape, numbers))
        other = self.write(tiny_model.gguf(tiny_model.metadata(), merged), "merged.gguf")
        expected = self.folder / "expected.safetensors"
        self.succeed("logits", other, "--ids", "1,2,3", "-o", expected, "--trace", "--backend", "reference", "--kv", "f32")
        tensors, _ = support.read_safetensors(expected)
        tensors = {name: t for name, t in tensors.items() if name == "logits" or name.startswith("hidden.")}
        support.write_safetensors(expected, tensors | {"input_ids": ("I32", [3], struct.pack("<3i", 1, 2, 3))}, {})
        path = self.write(adapter())
        self.succeed("compare", self.model, expected, "--adapter", path, "--max-nmse", "1e-9")
        self.assertEqual(cria("compare", self.model, expected, "--max-nmse", "1e-9").status, 1)

    def test_work_in_every_command_that_computes(self):
        path = self.write(adapter({"adapter.lora.alpha": (F32, 0.001)}))
        text = self.folder / "text.txt"
        text.write_text(tiny_model.STORY * 4)
        run = self.succeed("run", self.model, "Once", "--raw", "--temperature", "0", "--num-predict", "2", "--adapter", path)
        self.assertEqual(run.out, " upon a\n")
        self.succeed("embed", self.model, "Once", "--adapter", path)
        self.succeed("perplexity", self.model, "-f", text, "--context", "16", "--adapter", path)

    def test_are_shown(self):
        path = self.write(adapter())
        shown = self.succeed("show", path).out
        self.assertRegex(shown, r"(?m)^  Adapter$")
        for line in ("type +lora", "architecture +llama", "alpha +3", "rank +2", "adapted weights +1"):
            self.assertRegex(shown, rf"(?m)^    {line}$")
        known = json.loads(self.succeed("show", path, "--json").out)["adapter"]
        self.assertEqual(known, {"type": "lora", "alpha": 3.0, "ranks": [2], "weights": 1})


class BadAdapters(AdapterTest):
    def refuse(self, content, says):
        path = self.write(content)
        outcome = self.fail_with(1, "run", self.model, "hi", "--raw", "--adapter", path)
        self.assertIn(str(path), outcome.err)
        self.assertRegex(outcome.err, says)

    def test_metadata(self):
        for values, says in (
            ({"general.type": (TEXT, "model")}, 'is no adapter: general.type is "model"'),
            ({"general.type": (U32, 1)}, "general.type is integer 1"),
            ({"general.architecture": (TEXT, "gpt2")}, 'of the architecture "gpt2", but the model is "llama"'),
            ({"adapter.type": (TEXT, "control")}, 'adapter.type is "control", expected "lora"'),
            ({"adapter.lora.alpha": (F32, float("nan"))}, "adapter.lora.alpha is nan, expected a finite number"),
            ({"adapter.lora.alpha": (F32, float("inf"))}, "adapter.lora.alpha is inf, expected a finite number"),
            ({"adapter.lora.alpha": (F32, 0.0)}, "adapter.lora.alpha is 0, expected"),
            ({"adapter.lora.alpha": (TEXT, "3")}, 'adapter.lora.alpha is text "3"'),
            ({"adapter.alora.invocation_tokens": (U32, [1, 2])}, "invocation_tokens.*not supported"),
        ):
            with self.subTest(says):
                self.refuse(adapter(values), says)
        for key in ("general.type", "general.architecture", "adapter.type", "adapter.lora.alpha"):
            with self.subTest(key):
                self.refuse(adapter(without=[key]), key if key != "general.architecture" else 'architecture ""')

    def test_tensors(self):
        a, b = f"{NAME}.lora_a", f"{NAME}.lora_b"
        for tensors, says in (
            ({a: matrix(RANK, 32)}, rf'"{a}" has shape \[2, 32\], expected \[rank, 64\]'),
            ({b: matrix(WIDTH, RANK)}, rf'"{b}" has shape \[64, 2\], expected \[32, rank\]'),
            ({b: matrix(OUT, 3)}, "ranks 2 and 3, expected the same"),
            ({a: ((WIDTH,), [0.0] * WIDTH)}, r"has shape \[64\], expected \[rank, 64\]"),
            ({"blk.9.attn_q.weight.lora_a": matrix(2, 4)}, "missing blk.9.attn_q.weight.lora_b"),
            ({"blk.1.attn_norm.weight": ((WIDTH,), [1.0] * WIDTH)}, "unknown tensor .*attn_norm.weight"),
        ):
            with self.subTest(says):
                self.refuse(adapter(tensors=tensors), says)
        self.refuse(adapter(without=[a]), f"missing {a}, as there is {b}")
        self.refuse(adapter(without=[a, b]), "has no tensors")

    def test_everything_that_does_not_fit_is_told_at_once(self):
        pairs = {}
        for name in ("blk.7.attn_q.weight", "blk.1.attn_norm.weight"):
            pairs |= {f"{name}.lora_a": matrix(1, WIDTH), f"{name}.lora_b": matrix(WIDTH, 1)}
        path = self.write(adapter(tensors=pairs | {"stray": matrix(1, 1)}))
        error = self.fail_with(1, "run", self.model, "hi", "--raw", "--adapter", path).err
        for says in ("3 problems", '"blk.7.attn_q.weight"', '"blk.1.attn_norm.weight"', '"stray"'):
            self.assertIn(says, error)

    def test_what_is_no_gguf_file(self):
        for content, says in (
            (b"", "an empty file"),
            (adapter()[:200], "truncated|announces"),
            (adapter()[:-1], "beyond the end of the file"),
            (b"PK\3\4" + bytes(100), "zip archive"),
        ):
            with self.subTest(says):
                self.refuse(content, says)
        missing = self.folder / "missing.gguf"
        self.assertIn("No such file", self.fail_with(1, "run", self.model, "hi", "--adapter", missing).err)

    def test_models_and_adapters_are_not_taken_for_each_other(self):
        self.refuse(tiny_model.content(), "is no adapter")
        outcome = self.fail_with(1, "run", self.write(adapter()), "hi")
        self.assertRegex(outcome.err, "is an adapter, expected a model")

    def test_scales_are_numbers(self):
        path = self.write(adapter())
        for scale in ("", "x", "nan", "inf", "1x"):
            with self.subTest(scale):
                outcome = cria("run", self.model, "hi", "--adapter", f"{path}={scale}")
                self.assertNotEqual(outcome.status, 0)
                self.assertIn("expected a finite number", outcome.err)
