"""The commands on a small model."""

import json
import struct

import support
import tiny_model
from support import STORIES, ModelTest, StoriesTest
from tiny_model import VOCABULARY, WIDTH

LAST = f"hidden.{tiny_model.BLOCKS}"
GREEDY = ["--temperature", "0", "--repeat-penalty", "1"]


class Show(ModelTest):
    def test_tables(self):
        out = self.succeed("show", self.model, "--metadata", "--tensors").out
        self.assertRegex(out, r"(?m)^    architecture +llama$")
        self.assertRegex(out, rf"(?m)^    embedding length +{WIDTH}$")
        self.assertRegex(out, rf"(?m)^    tokenizer\.ggml\.tokens +\[.*\.\.\. \({VOCABULARY} in all\)\]$")
        self.assertRegex(out, rf"(?m)^    token_embd\.weight +\[{VOCABULARY}, {WIDTH}\] +f32 +{4 * VOCABULARY * WIDTH}$")

    def test_json(self):
        shown = json.loads(self.succeed("show", self.model, "--json", "--metadata", "--tensors").out)
        self.assertEqual(shown["model"]["architecture"], "llama")
        self.assertEqual(len(shown["metadata"]["tokenizer.ggml.tokens"]), VOCABULARY)
        norm = {"name": "output_norm.weight", "shape": [WIDTH], "type": "f32", "bytes": 4 * WIDTH}
        self.assertIn(norm, shown["tensors"])
        self.assertEqual(shown["model"]["tensor_bytes"], sum(t["bytes"] for t in shown["tensors"]))


class Tokens(ModelTest):
    TEXTS = [b"Hello world", b" two  spaces \n", b"[INST]", b"%%", b"{}", "naïve café €\n\n".encode(), b"", b"a\0b"]

    def test_round_trip_through_standard_input(self):
        for text in self.TEXTS:
            with self.subTest(text):
                ids = self.succeed("tokenize", self.model, "-", stdin=text)
                self.assertRegex(ids.out, r"^(\d+( \d+)*)?\n$")
                self.assertEqual(self.succeed("detokenize", self.model, stdin=ids.bytes).bytes, text)

    def test_an_argument_is_the_same_as_standard_input(self):
        for text in self.TEXTS[:6]:
            by_argument = self.succeed("tokenize", self.model, "--", text.decode()).out
            self.assertEqual(by_argument, self.succeed("tokenize", self.model, stdin=text).out)

    def test_bos(self):
        plain = self.succeed("tokenize", self.model, "Once").out
        self.assertEqual(self.succeed("tokenize", self.model, "--bos", "Once").out, "1 " + plain)

    def test_special_tokens_only_when_asked_for(self):
        self.assertNotIn("1", self.succeed("tokenize", self.model, "<s>").out.split())
        self.assertIn("1", self.succeed("tokenize", self.model, "--special", "<s>").out.split())

    def test_pieces(self):
        lines = self.succeed("tokenize", self.model, "--pieces", "Once\n").out.splitlines()
        ids = self.succeed("tokenize", self.model, "Once\n").out.split()
        self.assertEqual([line.split("\t")[0] for line in lines], ids)
        self.assertEqual(lines[-1].split("\t")[1], "\\n")

    def test_ids_as_arguments_and_control_tokens(self):
        ids = self.succeed("tokenize", self.model, "Once upon").out.split()
        for arguments in (ids, [",".join(ids)]):
            self.assertEqual(self.succeed("detokenize", self.model, *arguments).out, "Once upon")
        self.assertIn("<s>", self.succeed("detokenize", self.model, "--special", "1", *ids).out)

    def test_bad_ids(self):
        self.assertIn(str(VOCABULARY), self.fail_with(1, "detokenize", self.model, VOCABULARY).err)
        self.assertIn('"x"', self.fail_with(1, "detokenize", self.model, "1", "x").err)


class Run(ModelTest):
    def test_answers(self):
        outcome = self.succeed("run", self.model, "Once upon", *GREEDY, "--num-predict", "4")
        self.assertEqual(outcome.out, " a time, there\n")

    def test_continues_from_bos(self):
        outcome = self.succeed("run", self.model, "", *GREEDY, "--num-predict", len(tiny_model.story_ids()))
        self.assertEqual(outcome.out, f" {tiny_model.STORY}\n")

    def test_says_once_that_it_cannot_chat(self):
        lines = self.succeed("run", self.model, "Once", "--num-predict", "1").err.splitlines()
        self.assertEqual(len(lines), 1)
        self.assertIn("no chat template", lines[0])
        self.assertEqual(self.succeed("run", self.model, "Once", "--raw", "--num-predict", "1").err, "")

    def test_the_same_seed_gives_the_same_answer_on_any_number_of_threads(self):
        answers = {
            self.succeed("run", self.model, "Once", "--raw", "--seed", "7", "--num-predict", "40", "--threads", n).out
            for n in ("1", "2")
        }
        self.assertEqual(len(answers), 1)

    def test_piped_text_comes_before_the_prompt(self):
        options = ["--raw", *GREEDY, "--num-predict", "20"]
        whole = self.succeed("run", self.model, "Once upon a time", *options).out
        self.assertEqual(self.succeed("run", self.model, "a", "time", *options, stdin=b"Once upon").out, whole)
        self.assertEqual(self.succeed("run", self.model, *options, stdin=b"Once upon a time").out, whole)

    def test_stop_string_is_not_part_of_the_answer(self):
        out = self.succeed("run", self.model, "", "--raw", *GREEDY, "--num-predict", "100", "--stop", " girl").out
        self.assertEqual(out, " Once upon a time, there was one little\n")

    def test_answers_have_the_format_that_is_asked_for(self):
        options = ["--raw", *GREEDY, "--num-predict", "400"]
        self.assertRegex(self.succeed("run", self.model, "", *options, "--format", "regex:[0-9]{3}-x").out, r"^[0-9]{3}-x\n$")
        schema = {"type": "object", "properties": {"a": {"enum": [1, 23]}, "b": {"type": "boolean"}}, "required": ["a", "b"], "additionalProperties": False}
        answer = json.loads(self.succeed("run", self.model, "", *options, "--format", json.dumps(schema)).out)
        self.assertIn(answer["a"], (1, 23))
        self.assertIn(answer["b"], (True, False))
        path = self.folder / "yes.gbnf"
        path.write_text('root ::= "yes" | "no"')
        self.assertIn(self.succeed("run", self.model, "", *options, "--format", f"gbnf:{path}").out, ("yes\n", "no\n"))
        self.assertRegex(self.succeed("run", self.model, "", *options, "--format", "json").out, r"^\{")

    def test_a_format_that_can_not_be_honoured(self):
        for format, what in (("xml", "regex:EXPRESSION"), ('{"not": {"const": 1}}', "not"), ("regex:(?<=a)", "looking behind"), ("schema:missing.json", "missing.json")):
            with self.subTest(format):
                self.assertIn(what, self.fail_with(1, "run", self.model, "hi", "--format", format).err)

    def test_verbose_tells_counts_and_rates(self):
        err = self.succeed("run", self.model, "Once", "--raw", "--num-predict", "3", "--verbose").err
        self.assertRegex(err, r"(?m)^total duration: +\S+s$")
        self.assertRegex(err, r"(?m)^load duration: +\S+s$")
        self.assertRegex(err, r"(?m)^prompt eval count: +\d+ token\(s\)$")
        self.assertRegex(err, r"(?m)^eval count: +[123] token\(s\)$")
        self.assertRegex(err, r"(?m)^eval rate: +\d+\.\d\d tokens/s$")

    def test_a_full_context_is_told(self):
        outcome = self.succeed("run", self.model, "", "--raw", *GREEDY, "--num-ctx", "32")
        self.assertIn("the context of 32 tokens is full", outcome.err)
        self.assertIn("--num-ctx", outcome.err)

    def test_a_prompt_that_does_not_fit(self):
        err = self.fail_with(1, "run", self.model, "Once upon a time " * 20, "--raw", "--num-ctx", "32").err
        self.assertIn("--num-ctx", err)

    def test_a_context_beyond_the_models_is_told(self):
        outcome = self.succeed("run", self.model, "Once", "--num-ctx", 1 << 20, "--num-predict", "1")
        self.assertIn("was made for", outcome.err)

    def test_a_system_text_needs_a_chat_template(self):
        self.assertIn("chat template", self.fail_with(1, "run", self.model, "hi", "--raw", "--system", "Be kind").err)

    def test_debug_log_tells_what_is_opened_and_where_it_runs(self):
        env = support.environment(CRIA_DEBUG="1")
        err = self.succeed("run", self.model, "Once", "--raw", "--num-predict", "1", env=env).err
        self.assertIn("architecture llama", err)
        self.assertIn("cpu", err)


class Embed(ModelTest):
    TEXTS = ["Once upon a time", "there was", "a"]

    def vectors(self, *arguments, **more):
        lines = self.succeed("embed", self.model, *arguments, **more).out.splitlines()
        return [[float(number) for number in line.split()] for line in lines]

    def test_a_line_of_numbers_for_each_text(self):
        vectors = self.vectors(*self.TEXTS)
        self.assertEqual([len(vector) for vector in vectors], [WIDTH] * 3)
        for vector in vectors:
            self.assertAlmostEqual(sum(x * x for x in vector), 1, places=5)

    def test_texts_from_standard_input_and_from_a_file(self):
        lines = self.folder / "lines"
        lines.write_text("\n".join(self.TEXTS) + "\n\n")
        expected = self.vectors(*self.TEXTS)
        self.assertEqual(self.vectors("-", stdin=lines.read_bytes()), expected)
        self.assertEqual(self.vectors(stdin=lines.read_bytes()), expected)
        self.assertEqual(self.vectors("--file", lines), expected)

    def test_a_text_alone_has_the_same_vector(self):
        together = self.vectors(*self.TEXTS, "--pooling", "mean")
        self.assertEqual([self.vectors(text, "--pooling", "mean")[0] for text in self.TEXTS], together)

    def test_the_last_token_is_what_logits_tells(self):
        ids = ",".join(self.succeed("tokenize", self.model, "--bos", self.TEXTS[0]).out.split())
        path = self.folder / "out.safetensors"
        self.succeed("logits", self.model, "--ids", ids, "-o", path, "--kv", "f32", "--trace")
        _, shape, data = support.read_safetensors(path)[0][LAST]
        last = struct.unpack(f"<{WIDTH}f", data[-4 * WIDTH :])
        raw = self.vectors(self.TEXTS[0], "--raw")[0]
        self.assertEqual(shape[1], WIDTH)
        for got, expected in zip(raw, last, strict=True):
            self.assertAlmostEqual(got, expected, places=5)

    def test_json(self):
        told = json.loads(self.succeed("embed", self.model, *self.TEXTS, "--json").out)
        self.assertEqual((told["pooling"], told["normalized"]), ("last", True))
        self.assertEqual(len(told["embeddings"]), 3)
        self.assertEqual(len(told["tokens"]), 3)

    def test_a_text_that_is_too_long(self):
        long_text = "Once upon a time " * 20
        outcome = self.succeed("embed", self.model, "a", long_text, "--num-ctx", "16")
        self.assertRegex(outcome.err, r"text 2 is \d+ tokens too long for a context of 16: its end is left out")
        self.assertEqual(len(outcome.out.splitlines()), 2)
        self.assertIn("text 2", self.fail_with(1, "embed", self.model, "a", long_text, "--num-ctx", "16", "--no-truncate").err)

    def test_no_texts(self):
        self.assertIn("no text", self.fail_with(1, "embed", self.model, stdin=b"\n").err)

    def test_a_decoder_gives_no_scores(self):
        self.assertIn("classifier", self.fail_with(1, "rerank", self.model, "a", "b").err)


class LogitsAndCompare(ModelTest):
    IDS = "1,287,291,7,506"

    def logits(self, name="out.safetensors", *more):
        path = self.folder / name
        self.succeed("logits", self.model, "--ids", self.IDS, "-o", path, "--kv", "f32", *more)
        return path

    def test_logits_of_every_token(self):
        tensors, metadata = support.read_safetensors(self.logits())
        self.assertEqual(list(tensors), ["logits"])
        self.assertEqual(tensors["logits"][:2], ("F32", [5, VOCABULARY]))
        self.assertEqual(metadata["input_ids"], self.IDS)

    def test_chunks_change_nothing(self):
        whole, _ = support.read_safetensors(self.logits("whole.safetensors", "--trace"))
        parts, _ = support.read_safetensors(self.logits("parts.safetensors", "--trace", "--chunk", "2"))
        self.assertIn(LAST, whole)
        self.assertEqual(whole, parts)

    def test_ids_from_standard_input_and_from_a_file(self):
        ids = self.folder / "ids"
        ids.write_text("1 287\n291 7 506\n")
        expected, _ = support.read_safetensors(self.logits())
        for source, stdin in ((f"@{ids}", b""), ("-", ids.read_bytes())):
            path = self.folder / "again.safetensors"
            self.succeed("logits", self.model, "--ids", source, "-o", path, "--kv", "f32", stdin=stdin)
            self.assertEqual(support.read_safetensors(path)[0], expected)

    def test_bad_ids(self):
        for ids in (str(VOCABULARY), "", "1,x", "@/nowhere"):
            self.fail_with(1, "logits", self.model, "--ids", ids, "-o", self.folder / "bad.safetensors")
        self.assertFalse((self.folder / "bad.safetensors").exists())

    def test_the_fast_backend_agrees_with_the_reference(self):
        path = self.logits("reference.safetensors", "--trace", "--backend", "reference")
        out = self.succeed("compare", self.model, path).out
        for name in ("hidden.0", LAST, "logits"):
            self.assertRegex(out, rf"(?m)^{name} +\[5, \d+\] +\S+ +ok$")
        self.assertTrue(out.splitlines()[-1].startswith("agrees"), out)

    def test_names_the_first_layer_that_departs(self):
        path = self.logits("changed.safetensors", "--trace")
        tensors, metadata = support.read_safetensors(path)
        for name in ("hidden.1", LAST):
            dtype, shape, data = tensors[name]
            tensors[name] = (dtype, shape, struct.pack("<f", 1e3) + data[4:])
        support.write_safetensors(path, tensors, metadata)
        outcome = support.cria("compare", self.model, path)
        self.assertEqual(outcome.status, 1)
        self.assertIn("first to depart: hidden.1\n", outcome.out)
        compared = json.loads(support.cria("compare", self.model, path, "--json").out)
        self.assertFalse(compared["agrees"])
        self.assertEqual(compared["first_departure"], "hidden.1")

    def test_nan_departs(self):
        path = self.logits()
        tensors, metadata = support.read_safetensors(path)
        tensors["logits"] = (*tensors["logits"][:2], struct.pack("<f", float("nan")) + tensors["logits"][2][4:])
        support.write_safetensors(path, tensors, metadata)
        outcome = support.cria("compare", self.model, path)
        self.assertEqual(outcome.status, 1)
        self.assertRegex(outcome.out, r"(?m)^logits .* nan +DEPARTS$")

    def test_what_cannot_be_compared_fails(self):
        path = self.logits()
        whole, metadata = support.read_safetensors(path)
        four_rows = ("F32", [4, VOCABULARY], whole["logits"][2][: 4 * VOCABULARY * 4])
        one = ("F32", [1], b"\0\0\0\0")
        for tensors, given, reason in (
            ({**whole, "pooled": one}, metadata, "no such result"),
            ({"logits": four_rows}, metadata, f"shape [5, {VOCABULARY}]"),
            (whole, {}, "no input_ids"),
            ({}, metadata, "nothing to compare"),
        ):
            support.write_safetensors(path, tensors, given)
            outcome = support.cria("compare", self.model, path)
            self.assertEqual(outcome.status, 1, outcome)
            self.assertIn(reason, outcome.out)

    def test_greedy_tokens(self):
        tokens = tiny_model.story_ids()[:8]

        def compare(expected):
            path = self.folder / "greedy.safetensors"
            pack = lambda ids: ("I32", [len(ids)], struct.pack(f"<{len(ids)}i", *ids))
            support.write_safetensors(path, {"greedy.prompt": pack([1]), "greedy.tokens": pack(expected)}, {})
            return support.cria("compare", self.model, path)

        outcome = compare(tokens)
        self.assertEqual(outcome.status, 0, outcome)
        self.assertIn("all 8 agree", outcome.out)
        outcome = compare([*tokens[:5], 7, *tokens[6:]])
        self.assertEqual(outcome.status, 1, outcome)
        self.assertIn(f"DEPART at index 5 of 8: got {tokens[5]}, expected 7", outcome.out)


class Bench(ModelTest):
    def test_json_has_every_combination(self):
        arguments = "--prefill 16 --decode 4,8 --depth 0,32 --batch 1,3 --threads 1,2 --repeat 2 --json".split()
        results = json.loads(self.succeed("bench", self.model, *arguments).out)["results"]
        self.assertEqual(len(results), 2 * (2 * 1 + 2 * 2 * 2))
        for result in results:
            speed = result["tokens_per_second"]
            self.assertEqual(len(speed["all"]), 2)
            self.assertTrue(0 < speed["min"] <= speed["median"] <= speed["max"])

    def test_table(self):
        out = self.succeed("bench", self.model, "--prefill", "16", "--decode", "0", "--repeat", "1").out
        self.assertRegex(out, r"(?m)^backend: cpu \(.+\)$")
        self.assertRegex(out, r"(?m)^prefill +16 +0 +1 +\d+ +\d+\.\d\d +\d+\.\d\d +\d+\.\d\d$")
        self.assertNotIn("decode", out)

    def test_nothing_to_measure(self):
        self.fail_with(1, "bench", self.model, "--prefill", "0", "--decode", "0")


class RealFiles(StoriesTest):
    def test_continues_from_bos_as_other_engines_do(self):
        expected = (STORIES.parent / "greedy.txt").read_text()
        outcome = self.succeed("run", STORIES, "", *GREEDY, "--num-predict", "100")
        text = outcome.out.strip()
        self.assertGreater(len(text), 100)
        self.assertTrue(expected.strip().startswith(text) or text.startswith(expected.strip()), outcome)
        self.assertTrue(outcome.out.endswith("\n"))

    def test_every_vocabulary_that_is_a_file_of_its_own(self):
        for path in sorted((support.FIXTURES / "tokenizers").glob("ggml-vocab-*.gguf")):
            if any(name in path.name for name in ("bert", "phi-3")):  # not byte-exact: WordPiece, stripped spaces
                continue
            with self.subTest(path.name):
                outcome = support.cria("tokenize", path, "Hello, world!\n")
                if outcome.status == 1:
                    self.assertIn("pre-tokenizer", outcome.err)  # named, not guessed
                    continue
                self.assertEqual(self.succeed("detokenize", path, stdin=outcome.bytes).out, "Hello, world!\n")
