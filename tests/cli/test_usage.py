"""Arguments, help and output: nothing here needs a model."""

import os
import re
import signal
import subprocess

import support
from support import CliTest, cria


class Usage(CliTest):
    def commands(self):
        listed = self.succeed("--help").out.partition("Subcommands:\n")[2]
        return re.findall(r"(?m)^  (\w+)", listed)

    def test_version(self):
        for flag in ("--version", "-v"):
            self.assertRegex(self.succeed(flag).out, r"^cria version \d+\.\d+\.\d+\n$")

    def test_help_names_every_command(self):
        known = {"run", "list", "show", "embed", "rerank", "tokenize", "detokenize", "logits", "compare"}
        known |= {"ps", "stop", "config", "create", "cp", "rm", "graph", "architectures", "new", "convert", "quantize", "imatrix", "perplexity", "bench", "template"}
        self.assertLessEqual(known, set(self.commands()))
        self.assertEqual(self.succeed().out, self.succeed("--help").out)
        self.assertEqual(self.succeed("help").out, self.succeed("--help").out)

    def test_help_of_every_command_has_examples(self):
        for command in self.commands():
            out = self.succeed(command, "--help").out
            self.assertIn("Examples:\n  ", out)
            self.assertIn(f"cria {command}", out)
            self.assertEqual(self.succeed("help", command).out, out)

    def test_docs_name_the_architectures_and_classes_that_there_are(self):
        script = support.ROOT / "scripts" / "architectures_doc"
        done = subprocess.run([script, "--check", support.PROGRAM], capture_output=True, text=True, timeout=support.SECONDS)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_unknown_command_suggests_the_nearest(self):
        self.assertIn('did you mean "show"?', self.fail_with(2, "shwo", "x.gguf").err)
        self.assertNotIn("did you mean", self.fail_with(2, "frobnicate").err)

    def test_usage_errors(self):
        for arguments in (
            ["run"],
            ["show", "m.gguf", "--frobnicate"],
            ["run", "m.gguf", "--top-k", "many"],
            ["run", "m.gguf", "--backend", "quantum"],
            ["run", "m.gguf", "--num-ctx", "0"],
            ["logits", "m.gguf"],
            ["bench", "m.gguf", "--batch", "0"],
        ):
            with self.subTest(arguments):
                self.assertIn(f'Run "cria {arguments[0]} --help" for usage.', self.fail_with(2, *arguments).err)

    def test_sampling_options_out_of_range(self):
        self.assertIn("temperature", self.fail_with(1, "run", "m.gguf", "hi", "--temperature", "-1").err)


class Store(CliTest):
    def env(self):
        return support.environment(CRIA_MODELS=str(self.folder))

    def test_list_of_an_empty_store_is_a_header(self):
        for command in ("list", "ls"):
            out = self.succeed(command, env=self.env()).out
            self.assertEqual(out.split(), ["NAME", "ID", "SIZE", "MODIFIED"])

    def test_a_model_that_is_not_stored(self):
        self.assertIn("nowhere", self.fail_with(1, "show", "nowhere", env=self.env()).err)
        self.assertIn("no file", self.fail_with(1, "show", "some/where", env=self.env()).err)


class Output(CliTest):
    def test_a_closed_pipe_ends_quietly(self):
        for ignored in (False, True):
            reading, writing = os.pipe()
            os.close(reading)
            process = subprocess.run(
                [support.PROGRAM, "--help"],
                stdout=writing,
                stderr=subprocess.PIPE,
                env=support.environment(),
                restore_signals=not ignored,  # Python ignores SIGPIPE
            )
            os.close(writing)
            self.assertEqual((process.returncode, process.stderr), (-signal.SIGPIPE, b""))

    def test_a_full_disk_is_an_error(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        with open("/dev/full", "wb") as full:
            process = subprocess.run([support.PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(process.returncode, 1)
        self.assertIn(b"cria: cannot write to standard output", process.stderr)
