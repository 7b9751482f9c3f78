"""What scripts/reference.py says of its arguments, without transformers; and the names that tie it to `compare`."""

import json
import subprocess
import sys
import unittest

from support import FIXTURES, ROOT, CliTest


class Reference(CliTest):
    def call(self, *arguments):
        command = [sys.executable, ROOT / "scripts/reference.py", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def test_help_has_examples(self):
        done = self.call("--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn("cria compare tiny.gguf expected.safetensors", done.stdout)

    def test_arguments_that_make_no_sense(self):
        for arguments, said in (
            ([], "DIR, the checkpoint's folder, is missing"),
            ([self.folder], "-o FILE is missing"),
            ([self.folder, "-o", "x", "--ids", "1,-2"], "is no list of ids"),
            (["--random", "config.json"], "--random CONFIG and --folder DIR go together"),
        ):
            with self.subTest(said):
                done = self.call(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(said, done.stderr)

    def test_folders_that_are_not_there(self):
        done = self.call(self.folder / "none", "-o", self.folder / "x")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, f"reference: {self.folder / 'none'}: there is no such folder\n")

    @unittest.skipUnless((ROOT / "build/reference/ready").exists(), "transformers is not there (--install)")
    def test_tells_fields_that_the_class_does_not_name(self):
        config = self.folder / "config.json"
        sizes = {"vocab_size": 260, "hidden_size": 16, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
        older = {"rotary_pct": 0.5, "rotary_emb_base": 100, "torch_dtype": "float16"}
        config.write_text(json.dumps({"architectures": ["GPTNeoXForCausalLM"], "newt_size": 3, "rope_theta": 5.0} | sizes | older))
        done = self.call("--random", config, "--folder", self.folder / "tiny")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{config}: GPTNeoXConfig does not name newt_size, rope_theta\n", done.stderr)


@unittest.skipUnless((FIXTURES / "hf").exists(), f"no checkpoints in {FIXTURES} (CRIA_FIXTURES)")
class Layers(CliTest):
    """Layers that are written as they were, by the names of their modules."""

    def layers_of(self, checkpoint):
        layers = self.folder / "layers.json"
        model = self.folder / "model.gguf"
        self.succeed("convert", FIXTURES / "hf" / checkpoint, "-o", model, "--layers", layers)
        return json.loads(layers.read_text())

    def test_are_named_in_both_ways(self):
        layers = self.layers_of("qwen2")
        self.assertEqual(layers["blk.0.attn_q"], "model.layers.0.self_attn.q_proj")
        self.assertEqual(layers["blk.1.ffn_down"], "model.layers.1.mlp.down_proj")
        self.assertTrue(all(name.startswith("blk.") for name in layers))

    def test_that_were_rearranged_are_left_out(self):
        layers = self.layers_of("llama")
        self.assertNotIn("blk.0.attn_q", layers)
        self.assertEqual(layers["blk.0.attn_v"], "model.layers.0.self_attn.v_proj")
