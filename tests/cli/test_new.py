"""Sources of new architectures, in a temporary copy of those that are there."""

import json
import shutil
import struct
import subprocess

import support
from support import CliTest, write_safetensors

FOLDERS = ("src/model/models", "src/convert/architectures")
# What a copy of a tiny Llama has besides or instead of Llama's own.
CONFIG = {
    "architectures": ["NewtForCausalLM"],
    "vocab_size": 8,
    "hidden_size": 4,
    "intermediate_size": 4,
    "num_hidden_layers": 2,
    "num_attention_heads": 1,
    "hidden_act": "tanh",
    "newt_size": 3,
    "rope_parameters": {"partial_rotary_factor": 0.5, "rope_type": "newt"},
}


class New(CliTest):
    def setUp(self):
        super().setUp()
        for folder in FOLDERS:
            shutil.copytree(support.ROOT / folder, self.folder / folder)

    def new(self, *arguments):
        return self.succeed("new", *arguments, "--source", self.folder)

    def read(self, name):
        model, converters = FOLDERS
        files = (f"{model}/{name}/{name}.cpp", f"{model}/{name}/{name}_test.cpp", f"{converters}/{name}.cpp")
        return [(self.folder / file).read_text() for file in files]

    def checkpoint(self, config=CONFIG):
        folder = self.folder / "checkpoint"
        folder.mkdir(exist_ok=True)
        (folder / "config.json").write_text(json.dumps(config))
        one = ("F32", [1], struct.pack("<f", 1))
        names = [f"model.layers.{layer}.newt.weight" for layer in range(2)] + ["model.norm.weight", "odd\n\\"]
        write_safetensors(folder / "model.safetensors", {name: one for name in names}, {})
        return folder

    def test_is_the_model_it_is_like_under_other_names(self):
        self.new("gpt_newt", "--class", "NewtForCausalLM")
        theirs, _, _ = self.read("llama")
        model, test, converter = self.read("gpt_newt")
        body = theirs.partition("#include")[2].replace("class Llama ", "class GptNewt ").replace(" Llama(", " GptNewt(")
        body = body.replace('<Llama> kRegistered{"llama"}', '<GptNewt> kRegistered{"gpt_newt"}').replace("kAdjacent", "kHalves")
        self.assertEqual(model.partition("#include")[2], body)
        self.assertIn("TODO", model.partition("#include")[0])
        self.assertIn('kTested{\n    {"gpt_newt", decoder("gpt_newt")},\n};', test)
        self.assertIn('kRegistered{"NewtForCausalLM", convert_gpt_newt}', converter)
        self.assertIn('write_decoder(c, "gpt_newt"', converter)
        self.assertNotIn("adjacent_pairs", converter)

    def test_compiles_whatever_it_is_like(self):
        compiler = shutil.which("c++")
        if not compiler:
            self.skipTest("no c++ here")
        for like in ("llama", "mixtral", "gptoss"):
            with self.subTest(like):
                name = f"newt_{like}"
                self.new(name, "--like", like)
                model, converters = FOLDERS
                for file in (f"{model}/{name}/{name}.cpp", f"{model}/{name}/{name}_test.cpp", f"{converters}/{name}.cpp"):
                    command = [compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror"]
                    command += [f"-I{support.ROOT}/src", f"-I{support.ROOT}", self.folder / file]
                    done = subprocess.run(command, capture_output=True, text=True, timeout=support.SECONDS)
                    self.assertEqual(done.returncode, 0, done.stderr)

    def test_tells_what_of_a_checkpoint_it_does_not_take(self):
        out = self.new("newt", "--from", self.checkpoint()).out
        expected = [
            'refused: config.json: hidden_act is "tanh", expected "silu".',
            "refused: config.json: partial_rotary_factor is 0.5, expected 1.",
            'refused: config.json: rope_parameters: rope_type is "newt", expected default, linear, yarn, llama3 or dynamic.',
            'field not read: "newt_size": 3',
            'tensor not there: "model.layers.N.self_attn.q_proj.weight", 2 times',
            'tensor not taken: "model.layers.N.newt.weight" [1], 2 times',
        ]
        _, _, converter = self.read("newt")
        for line in expected:
            self.assertIn(line + "\n", out)
            self.assertIn(f"// - {line}\n", converter)
        self.assertNotIn("model.norm.weight", out)
        self.assertIn('kRegistered{"NewtForCausalLM"', converter)
        # A tensor's name does not end the comment that it is in.
        self.assertRegex(converter, r'(?m)^// - tensor not taken: "odd.*" \[1\]$')

    def test_replaces_nothing(self):
        before = self.read("llama")
        self.assertIn("is there already", self.fail_with(1, "new", "llama", "--source", self.folder).err)
        self.assertEqual(self.read("llama"), before)
        arguments = ("new", "newt", "--class", "LlamaForCausalLM", "--source", self.folder)
        self.assertIn("converts LlamaForCausalLM already", self.fail_with(1, *arguments).err)
        self.assertFalse((self.folder / FOLDERS[0] / "newt").exists())

    def test_names_and_places_that_make_no_sense(self):
        for name in ("../newt", "Newt", "gpt-newt", "4newt", ""):
            self.assertIn("expected [a-z][a-z0-9_]*", self.fail_with(1, "new", name, "--source", self.folder).err)
        for arguments, error in (
            (["newt", "--class", 'X"'], "the class is"),
            (["newt", "--like", "unicorn"], "nothing can be made like"),
            (["newt", "--like", "olmo2"], "registers 2 classes"),
            (["model"], "choose another"),
            (["newt", "--from", self.folder / "nowhere"], "nowhere"),
        ):
            with self.subTest(arguments):
                self.assertIn(error, self.fail_with(1, "new", *arguments, "--source", self.folder).err)
        for config, error in (({}, "architectures is absent"), ({"architectures": ["a b"]}, "the class is")):
            arguments = ("new", "newt", "--from", self.checkpoint(config), "--source", self.folder)
            self.assertIn(error, self.fail_with(1, *arguments).err)
        nowhere = self.folder / "checkpoint"
        self.assertIn("is no checkout of cria", self.fail_with(1, "new", "newt", "--source", nowhere).err)
        self.assertFalse((self.folder / FOLDERS[0] / "newt").exists())
