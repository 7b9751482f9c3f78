"""quantize, imatrix and perplexity on a small model."""

import json
import math
import random
import struct

import support
import tiny_model
from support import ModelTest, read_safetensors
from tiny_model import BLOCKS, VOCABULARY

# Letters in no order: of what the model recites it would be certain.
TEXT = "".join(random.Random(1).sample(tiny_model.STORY * 6, 6 * len(tiny_model.STORY)))


class Quantize(ModelTest):
    def shown(self, path):
        shown = json.loads(self.succeed("show", path, "--json", "--tensors", "--metadata").out)
        return {t["name"]: t["type"] for t in shown["tensors"]}, shown["metadata"]

    def test_types_and_answer(self):
        out = self.folder / "q8.gguf"
        outcome = self.succeed("quantize", self.model, out, "q8_0", "--verbose")
        self.assertEqual(outcome.err, "")
        self.assertRegex(outcome.out, r"(?m)^blk\.0\.attn_q\.weight +\[64, 64\] +f32 -> q8_0 +\d+ +\d\.\d+e-\d+ +\d\.\d+e-\d+$")
        self.assertRegex(outcome.out, r"(?m)^f32 -> q8_0 ")
        types, metadata = self.shown(out)
        self.assertEqual(types["blk.0.attn_q.weight"], "q8_0")
        self.assertEqual(types["output_norm.weight"], "f32")
        self.assertEqual(metadata["general.file_type"], 7)
        greedy = ["--temperature", "0", "--repeat-penalty", "1", "--num-predict", "4"]
        self.assertEqual(self.succeed("run", out, "Once upon", *greedy).out, " a time, there\n")

    def test_every_type(self):
        types = ["F32", "BF16", "F16", "Q8_0", "Q6_K", "Q5_K_M", "Q5_K_S", "Q5_1", "Q5_0", "Q4_K_M", "Q4_K_S", "Q4_1", "Q4_0"]
        types += ["IQ4_NL", "IQ4_XS", "MXFP4", "Q3_K_L", "Q3_K_M", "Q3_K_S", "Q2_K"]
        help_text = self.succeed("quantize", "--help").out
        for name in types:
            with self.subTest(name):
                self.assertRegex(help_text, rf"(?m)^  {name} ")
                out = self.folder / f"{name}.gguf"
                self.succeed("quantize", self.model, out, name)
                self.succeed("logits", out, "--ids", "1,2", "-o", self.folder / "logits.safetensors")

    def test_fallbacks_are_said(self):
        err = self.succeed("quantize", self.model, self.folder / "q4.gguf", "Q4_K_M").err
        self.assertIn("rows of 64 elements, no multiple of 256: q5_0 instead of q4_k", err)

    def test_overrides(self):
        out = self.folder / "out.gguf"
        self.succeed("quantize", self.model, out, "Q4_0", "--tensor", "*.attn_v=f16", "--tensor", "output=q5_1")
        types, _ = self.shown(out)
        self.assertEqual({types[f"blk.{i}.attn_v.weight"] for i in range(BLOCKS)}, {"f16"})
        self.assertEqual(types["output.weight"], "q5_1")
        self.assertEqual(types["blk.0.attn_q.weight"], "q4_0")

    def test_dry_run_writes_nothing(self):
        out = self.folder / "out.gguf"
        self.assertIn("f32 -> q4_0", self.succeed("quantize", self.model, out, "Q4_0", "--dry-run").out)
        self.assertFalse(out.exists())

    def test_a_split_model_becomes_one_file(self):
        for index, part in enumerate(tiny_model.split(3)):
            (self.folder / f"tiny-{index + 1:05}-of-00003.gguf").write_bytes(part)
        whole, parted = self.folder / "whole.gguf", self.folder / "parted.gguf"
        self.succeed("quantize", self.model, whole, "Q4_1")
        self.succeed("quantize", self.folder / "tiny-00002-of-00003.gguf", parted, "Q4_1")
        self.assertEqual(self.shown(whole), self.shown(parted))

    def test_parts_are_the_same_model(self):
        whole, parts = self.folder / "whole.gguf", self.folder / "parts.gguf"
        self.succeed("quantize", self.model, whole, "Q8_0")
        self.succeed("quantize", self.model, parts, "Q8_0", "--split-size", "20K")
        written = sorted(path.name for path in self.folder.glob("parts*"))
        self.assertEqual(written[0], f"parts-00001-of-{len(written):05}.gguf")
        self.assertGreater(len(written), 2)
        first = self.folder / written[0]
        for file in (whole, first):
            self.succeed("logits", file, "--ids", "1,2,3", "-o", file.with_suffix(".safetensors"))
        self.assertEqual(*(read_safetensors(file.with_suffix(".safetensors"))[0] for file in (whole, first)))
        self.assertIn("is there already", self.fail_with(1, "quantize", self.model, parts, "Q8_0", "--split-size", "20K").err)

    def test_threads_change_nothing(self):
        for threads in ("1", "2"):
            self.succeed("quantize", self.model, self.folder / f"{threads}.gguf", "Q4_K_M", "--threads", threads)
        self.assertEqual((self.folder / "1.gguf").read_bytes(), (self.folder / "2.gguf").read_bytes())

    def test_bad_arguments(self):
        out = self.folder / "out.gguf"
        self.assertIn('"Q9"', self.fail_with(1, "quantize", self.model, out, "Q9").err)
        self.assertIn("Q4_K_M", self.fail_with(1, "quantize", self.model, out, "Q9").err)
        err = self.fail_with(1, "quantize", self.model, out, "Q4_0", "--tensor", "blk.99.*=q8_0").err
        self.assertIn('"blk.99.*" fits no tensor', err)
        self.assertIn("PATTERN=TYPE", self.fail_with(1, "quantize", self.model, out, "Q4_0", "--tensor", "output").err)
        self.assertIn("is the input", self.fail_with(1, "quantize", self.model, self.model, "Q4_0", "--force").err)
        self.fail_with(1, "quantize", self.folder / "none.gguf", out, "Q4_0")
        self.fail_with(2, "quantize", self.model, out)
        self.assertFalse(out.exists())

    def test_what_is_there_is_only_replaced_when_asked_for(self):
        out = self.folder / "out.gguf"
        out.write_bytes(b"precious")
        self.assertIn("--force", self.fail_with(1, "quantize", self.model, out, "Q4_0").err)
        self.assertEqual(out.read_bytes(), b"precious")
        self.succeed("quantize", self.model, out, "Q4_0", "--force")
        self.assertTrue(out.read_bytes().startswith(b"GGUF"))

    def test_quantized_input(self):
        once, twice = self.folder / "once.gguf", self.folder / "twice.gguf"
        self.succeed("quantize", self.model, once, "Q8_0")
        self.assertIn("--requantize", self.fail_with(1, "quantize", once, twice, "Q4_0").err)
        self.assertFalse(twice.exists())
        self.succeed("quantize", once, twice, "Q4_0", "--requantize")

    def test_broken_numbers_leave_no_file(self):
        name, shape, values = next(t for t in tiny_model.tensors() if t[0] == "blk.0.ffn_up.weight")
        broken = self.folder / "broken.gguf"
        tensors = [(name, shape, [math.nan, *values[1:]]) if t[0] == name else t for t in tiny_model.tensors()]
        broken.write_bytes(tiny_model.gguf(tiny_model.metadata(), tensors))
        self.assertIn("nan", self.fail_with(1, "quantize", broken, self.folder / "out.gguf", "Q4_0").err)
        self.assertEqual([p.name for p in self.folder.iterdir()], ["broken.gguf"])


class Imatrix(ModelTest):
    def setUp(self):
        super().setUp()
        self.text = self.folder / "text.txt"
        self.text.write_text(TEXT)

    def test_is_collected_and_used(self):
        matrix, out = self.folder / "matrix.gguf", self.folder / "q4.gguf"
        self.succeed("imatrix", self.model, "-f", self.text, "-o", matrix, "--context", "64", "--chunks", "3")
        shown = json.loads(self.succeed("show", matrix, "--json", "--metadata", "--tensors").out)
        names = {t["name"] for t in shown["tensors"]}
        self.assertIn("blk.1.ffn_down.weight.in_sum2", names)
        self.assertIn("output.weight.counts", names)
        self.assertEqual(shown["metadata"]["imatrix.chunk_count"], 3)
        self.assertEqual(shown["metadata"]["imatrix.datasets"], ["text.txt"])
        err = self.succeed("quantize", self.model, out, "Q4_0", "--imatrix", matrix).err
        self.assertIn("token_embd.weight", err)  # is only looked up, so that nothing is known of it
        shown = json.loads(self.succeed("show", out, "--json", "--metadata").out)
        self.assertEqual(shown["metadata"]["quantize.imatrix.chunks_count"], 3)

    def test_sums_are_those_of_the_activations(self):
        # The first layer's queries are made of the normalised embeddings, which a trace does not show, but the output
        # matrix of the last hidden state, which it does.
        matrix, logits = self.folder / "matrix.gguf", self.folder / "logits.safetensors"
        self.succeed("imatrix", self.model, "-f", self.text, "-o", matrix, "--context", "32", "--chunks", "1")
        ids = self.succeed("tokenize", self.model, "--bos", "-", stdin=TEXT.encode()).out.split()[:32]
        self.succeed("logits", self.model, "--ids", ",".join(ids), "--trace", "-o", logits)
        tensors, _ = read_safetensors(logits)
        _, (tokens, width), data = tensors[f"hidden.{BLOCKS}"]
        hidden = struct.unpack(f"<{tokens * width}f", data)
        expected = [sum(hidden[t * width + i] ** 2 for t in range(tokens)) for i in range(width)]
        got = tensor_of(matrix.read_bytes(), "output.weight.in_sum2", width)
        for a, b in zip(got, expected):
            self.assertAlmostEqual(a / b, 1, places=3)
        self.assertEqual(tensor_of(matrix.read_bytes(), "output.weight.counts", 1), (32.0,))

    def test_a_matrix_of_another_model(self):
        bad = self.folder / "bad.imatrix"
        bad.write_bytes(struct.pack("<ii8siif", 1, 8, b"x.weight", 1, 1, 1.0))
        err = self.fail_with(1, "quantize", self.model, self.folder / "out.gguf", "Q4_0", "--imatrix", bad).err
        self.assertIn("another model", err)

    def test_text_that_is_too_short(self):
        self.text.write_text("Once")
        err = self.fail_with(1, "imatrix", self.model, "-f", self.text, "-o", self.folder / "m.gguf").err
        self.assertIn("at least one chunk of 512", err)


def tensor_of(data, name, count):
    """The floats of a tensor of an importance matrix, whose last tensor is that of the counts of output.weight."""

    def offset(of):
        at = data.index(struct.pack("<Q", len(of)) + of.encode()) + 8 + len(of)
        (dims,) = struct.unpack_from("<I", data, at)
        return struct.unpack_from("<Q", data, at + 4 + 8 * dims + 4)[0]

    start = len(data) - (offset("output.weight.counts") + 32)
    return struct.unpack_from(f"<{count}f", data, start + offset(name))


class Perplexity(ModelTest):
    CONTEXT = 16

    def setUp(self):
        super().setUp()
        self.text = self.folder / "text.txt"
        self.text.write_text(TEXT)

    def measure(self, model, *arguments):
        return json.loads(self.succeed("perplexity", model, "--json", *arguments).out)

    def by_hand(self, chunks):
        """Losses of the predicted tokens, from logits."""
        ids = self.succeed("tokenize", self.model, "--bos", "-", stdin=TEXT.encode()).out.split()
        losses = []
        for chunk in range(chunks):
            tokens = [str(tiny_model.BOS), *ids[chunk * self.CONTEXT + 1 : (chunk + 1) * self.CONTEXT]]
            logits = self.folder / "logits.safetensors"
            self.succeed("logits", self.model, "--ids", ",".join(tokens), "-o", logits)
            data = read_safetensors(logits)[0]["logits"][2]
            for position in range(self.CONTEXT // 2, self.CONTEXT - 1):
                row = struct.unpack_from(f"<{VOCABULARY}f", data, 4 * VOCABULARY * position)
                top = max(row)
                losses.append(top + math.log(sum(math.exp(x - top) for x in row)) - row[int(tokens[position + 1])])
        return losses

    def test_is_that_of_the_logits(self):
        got = self.measure(self.model, "-f", self.text, "--context", self.CONTEXT, "--chunks", "3")
        losses = self.by_hand(3)
        mean = sum(losses) / len(losses)
        error = math.sqrt((sum(x * x for x in losses) / len(losses) - mean * mean) / (len(losses) - 1))
        self.assertEqual(got["tokens"], 3 * 7)
        self.assertAlmostEqual(got["perplexity"]["value"] / math.exp(mean), 1, places=5)
        self.assertAlmostEqual(got["perplexity"]["error"] / (math.exp(mean) * error), 1, places=4)

    def test_a_model_does_not_diverge_from_itself(self):
        options = ["-f", self.text, "--context", self.CONTEXT]
        got = self.measure(self.model, *options, "--base-model", self.model)
        self.assertEqual(got["kl_divergence"]["mean"], 0)
        self.assertEqual(got["same_top"]["value"], 1)
        self.assertEqual(got["perplexity_ratio"]["value"], 1)

    def test_a_file_tells_the_same_as_the_model(self):
        q4, saved = self.folder / "q4.gguf", self.folder / "saved.logits"
        self.succeed("quantize", self.model, q4, "Q4_0")
        options = ["-f", self.text, "--context", self.CONTEXT]
        by_model = self.measure(q4, *options, "--base-model", self.model)
        self.measure(self.model, *options, "--save-logits", saved)
        by_file = self.measure(q4, "--base", saved)
        self.assertGreater(by_model["kl_divergence"]["mean"], 0)
        self.assertEqual(by_model["perplexity"], by_file["perplexity"])
        self.assertAlmostEqual(by_model["kl_divergence"]["mean"], by_file["kl_divergence"]["mean"], places=3)
        # With a text it must be the same one.
        self.measure(q4, "--base", saved, "-f", self.text)
        self.text.write_text(TEXT[::-1])
        self.assertIn("another text", self.fail_with(1, "perplexity", q4, "--base", saved, "-f", self.text).err)

    def test_text_output(self):
        out = self.succeed("perplexity", self.model, "-f", self.text, "--context", "16", "--base-model", self.model).out
        self.assertRegex(out, r"(?m)^perplexity +\d+\.\d{4} \+/- \d+\.\d{4}$")
        self.assertRegex(out, r"(?m)^same top token +100\.000 \+/- 0\.000 %$")

    def test_bad_arguments(self):
        self.assertIn("-f", self.fail_with(1, "perplexity", self.model).err)
        self.fail_with(2, "perplexity", self.model, "-f", self.text, "--base", "x", "--base-model", "y")
        self.fail_with(2, "perplexity", self.model, "-f", self.text, "--context", "1")
        bad = self.folder / "bad"
        bad.write_bytes(b"_logits_")
        self.assertIn("is no file of predictions", self.fail_with(1, "perplexity", self.model, "--base", bad).err)
