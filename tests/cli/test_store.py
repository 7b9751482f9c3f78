"""The store of models: create, show, list, cp, rm, and run with what a model comes with."""

import hashlib
import json
import os
import re
import shutil

import support
import tiny_model
from support import ROOT, ModelTest
from test_adapters import adapter
from tiny_model import TEXT

GREEDY = ["--temperature", "0", "--repeat-penalty", "1", "--num-predict", "3"]
CHATML = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


class StoreTest(ModelTest):
    def setUp(self):
        super().setUp()
        self.store = self.folder / "models"
        self.env = support.environment(CRIA_MODELS=str(self.store))
        self.gguf = self.folder / "tiny.gguf"
        shutil.copy(self.model, self.gguf)

    def cria(self, *arguments, **more):
        return self.succeed(*arguments, env=self.env, **more)

    def refuse(self, *arguments):
        """The message of a command that must fail, behind the steps that it told of before."""
        outcome = support.cria(*arguments, env=self.env)
        self.assertEqual((outcome.status, outcome.out), (1, ""), outcome)
        _, found, message = f"\n{outcome.err}".rpartition("\ncria: ")
        self.assertTrue(found and message, outcome)
        self.assertNotIn("success", outcome.err)
        return message

    def modelfile(self, text, name="Modelfile"):
        path = self.folder / name
        path.write_text(text)
        return path

    def create(self, name, text, *options):
        return self.cria("create", name, "-f", self.modelfile(text), *options).err

    def manifest(self, name, tag="latest", space="library"):
        return json.loads((self.store / "manifests" / "registry.ollama.ai" / space / name / tag).read_text())

    def blobs(self):
        return {path.name for path in (self.store / "blobs").iterdir()}

    def shown(self, name):
        return json.loads(self.cria("show", name, "--json").out)["stored"]

    def check_whole(self):
        """Every manifest names blobs that are there, of their size and digest."""
        for path in (self.store / "manifests").glob("*/*/*/*"):
            manifest = json.loads(path.read_text())
            for layer in [*manifest["layers"], manifest["config"]]:
                content = (self.store / "blobs" / layer["digest"].replace(":", "-")).read_bytes()
                self.assertEqual(len(content), layer["size"])
                self.assertEqual("sha256:" + hashlib.sha256(content).hexdigest(), layer["digest"])


class Create(StoreTest):
    def test_from_a_file(self):
        told = self.create("me/tiny:1b", "FROM ./tiny.gguf\nPARAMETER temperature 0\nSYSTEM Be kind.")
        digest = hashlib.sha256(self.gguf.read_bytes()).hexdigest()
        self.assertIn("parsing GGUF\n", told)
        self.assertIn(f"creating new layer sha256:{digest}\n", told)
        self.assertTrue(told.endswith("writing manifest\nsuccess\n"), told)
        manifest = self.manifest("tiny", "1b", "me")
        self.assertEqual(manifest["schemaVersion"], 2)
        self.assertEqual(manifest["mediaType"], "application/vnd.docker.distribution.manifest.v2+json")
        kinds = [layer["mediaType"].removeprefix("application/vnd.ollama.image.") for layer in manifest["layers"]]
        self.assertEqual(kinds, ["model", "system", "params"])
        config = json.loads((self.store / "blobs" / manifest["config"]["digest"].replace(":", "-")).read_text())
        self.assertEqual(config["model_format"], "gguf")
        self.assertEqual((config["model_family"], config["model_families"]), ("llama", ["llama"]))
        self.assertEqual(config["file_type"], "F32")
        self.assertRegex(config["model_type"], r"^\d+K$")
        self.assertEqual(config["rootfs"]["diff_ids"], [layer["digest"] for layer in manifest["layers"]])
        self.check_whole()
        for path in [*self.store.glob("blobs/*"), *self.store.glob("manifests/*/*/*/*")]:
            self.assertEqual(path.stat().st_mode & 0o777, 0o644, path)
        again = self.create("other", "FROM ./tiny.gguf")
        self.assertIn(f"using existing layer sha256:{digest}\n", again)
        self.assertEqual(self.cria("run", "me/tiny:1b", "Once", "--raw", *GREEDY).out, " upon a time\n")

    def test_the_file_is_not_copied_on_its_own_disk(self):
        self.create("tiny", "FROM ./tiny.gguf")
        digest = hashlib.sha256(self.gguf.read_bytes()).hexdigest()
        blob = self.store / "blobs" / f"sha256-{digest}"
        if blob.stat().st_ino != self.gguf.stat().st_ino:  # a file system that clones
            self.assertEqual(blob.stat().st_nlink, 1)
        self.gguf.unlink()
        self.check_whole()

    def test_from_standard_input_and_from_the_folder(self):
        self.cria("create", "a", "-f", "-", stdin=f"FROM {self.gguf}".encode())
        folder = self.folder / "here"
        folder.mkdir()
        shutil.copy(self.gguf, folder)
        cwd = os.getcwd()
        try:
            os.chdir(folder)
            self.cria("create", "b")
            (folder / "Modelfile").write_text("FROM tiny.gguf\nSYSTEM x")
            self.cria("create", "c")
        finally:
            os.chdir(cwd)
        self.assertEqual(self.shown("a")["system"], "")
        self.assertEqual(self.shown("c")["system"], "x")
        self.assertEqual(len(self.cria("list").out.splitlines()), 4)

    def test_from_the_parts_of_a_split_model(self):
        parts = self.folder / "parts"
        parts.mkdir()
        for index, content in enumerate(tiny_model.split(3)):
            (parts / f"tiny-{index + 1:05}-of-00003.gguf").write_bytes(content)
        for name, source in (("a", "./parts"), ("b", "parts/tiny-00002-of-00003.gguf")):
            self.assertIn("merging split model", self.create(name, f"FROM {source}"))
            self.assertEqual(self.cria("run", name, "Once", "--raw", *GREEDY).out, " upon a time\n")
        self.assertEqual(self.manifest("a")["layers"], self.manifest("b")["layers"])
        metadata = json.loads(self.cria("show", "a", "--json", "--metadata").out)["metadata"]
        self.assertFalse([key for key in metadata if key.startswith("split.")])

    def test_quantized(self):
        told = self.create("q8", "FROM tiny.gguf", "-q", "q8_0")
        self.assertIn("quantizing F32 model to Q8_0\n", told)
        self.assertEqual(self.shown("q8")["quantization_level"], "Q8_0")
        self.assertEqual(self.cria("run", "q8", "Once", "--raw", *GREEDY).out, " upon a time\n")
        self.create("full", "FROM tiny.gguf")
        self.create("again", "FROM full", "--quantize", "Q8_0")
        self.assertEqual(self.shown("again")["quantization_level"], "Q8_0")
        self.assertEqual(self.manifest("again")["layers"], self.manifest("q8")["layers"])
        err = self.refuse("create", "x", "-f", self.modelfile("FROM q8"), "-q", "Q4_K_M")
        self.assertIn("quantization is only supported for F16, BF16 and F32 models", err)
        self.assertIn("unknown type", self.refuse("create", "x", "-f", self.modelfile("FROM q8"), "-q", "Q9"))

    def test_from_a_checkpoint(self):
        checkpoint = ROOT / "tests" / "golden" / "apertus"
        told = self.create("apertus", f"FROM {checkpoint}")
        self.assertIn("converting model\n", told)
        self.assertEqual(self.shown("apertus")["family"], "apertus")
        self.create("apertus:q8", f"FROM {checkpoint}", "-q", "Q8_0")
        self.assertEqual(self.shown("apertus:q8")["quantization_level"], "Q8_0")
        self.cria("compare", "apertus", checkpoint / "expected.safetensors")
        self.check_whole()
        self.assertFalse([name for name in self.blobs() if not name.startswith("sha256-")])

    def test_from_another_model(self):
        self.create("base", 'FROM tiny.gguf\nSYSTEM a\nTEMPLATE {{ .Prompt }}\nPARAMETER stop x\nPARAMETER top_k 5\nLICENSE L\n'
                            'MESSAGE user hi\nRENDERER r\nREQUIRES 0.1.2')
        self.create("next", 'FROM base\nSYSTEM ""\nPARAMETER stop y\nPARAMETER top_p 0.5\nLICENSE M\nPARSER qwen3')
        shown = self.shown("next")
        self.assertEqual(shown["parent"], "base:latest")
        self.assertEqual(shown["system"], "")
        self.assertEqual(shown["template"], "{{ .Prompt }}")
        self.assertEqual(shown["parameters"], {"stop": ["y"], "top_k": 5, "top_p": 0.5})
        self.assertEqual(shown["messages"], [{"role": "user", "content": "hi"}])
        self.assertEqual(shown["licenses"], ["L", "M"])
        text = self.cria("show", "next", "--modelfile").out
        for line in ("RENDERER r", "PARSER qwen3", "REQUIRES 0.1.2"):
            self.assertIn(f"\n{line}\n", text)

    def test_with_an_adapter(self):
        (self.folder / "adapter.gguf").write_bytes(adapter())
        self.create("plain", "FROM tiny.gguf")
        self.create("adapted", "FROM plain\nADAPTER ./adapter.gguf")
        outputs = []
        for name, options in (("adapted", []), ("plain", ["--adapter", self.folder / "adapter.gguf"]), ("plain", [])):
            path = self.folder / "logits.safetensors"
            self.cria("logits", name, "--ids", "1,2,3", "-o", path, *options)
            outputs.append(support.read_safetensors(path)[0]["logits"])
        self.assertEqual(outputs[0], outputs[1])
        self.assertNotEqual(outputs[0], outputs[2])
        err = self.refuse("create", "x", "-f", self.modelfile("FROM adapter.gguf"))
        self.assertIn("is an adapter: name it with ADAPTER", err)
        err = self.refuse("create", "x", "-f", self.modelfile("FROM tiny.gguf\nADAPTER tiny.gguf"))
        self.assertIn("is no adapter", err)
        other = adapter({"general.architecture": (TEXT, "gpt2")})
        (self.folder / "other.gguf").write_bytes(other)
        self.assertIn("gpt2", self.refuse("create", "x", "-f", self.modelfile("FROM tiny.gguf\nADAPTER other.gguf")))

    def test_with_a_projector(self):
        keys = [("general.architecture", TEXT, "clip")]
        (self.folder / "mmproj.gguf").write_bytes(tiny_model.gguf(keys, [("v.weight", (2,), [1.0, 2.0])]))
        self.create("seeing", "FROM tiny.gguf\nFROM mmproj.gguf")
        shown = self.shown("seeing")
        self.assertEqual(shown["families"], ["llama", "clip"])
        self.assertEqual(shown["capabilities"], ["completion"])
        self.assertIn("projector is not used", self.cria("run", "seeing", "Once", "--raw", *GREEDY).err)

    def test_replaces_a_model_and_removes_what_it_had(self):
        self.create("a", "FROM tiny.gguf\nSYSTEM one")
        before = self.blobs()
        self.create("A", "FROM tiny.gguf\nSYSTEM two")
        self.assertEqual(len(self.cria("list").out.splitlines()), 2)
        self.assertEqual(len(self.blobs()), len(before))
        self.assertEqual(self.shown("a")["system"], "two")

    def test_a_modelfile_that_is_shown_makes_the_same_model(self):
        self.create("a", 'FROM tiny.gguf\nSYSTEM """Be\n"kind". """\nTEMPLATE "{{ .Prompt }} "\nPARAMETER stop "a b"\n'
                         'PARAMETER temperature 0.1\nMESSAGE user Hello\nMESSAGE assistant " hi"\nLICENSE """M\nIT"""')
        text = self.cria("show", "a", "--modelfile").out
        self.assertIn("\n# FROM a:latest\n", text)
        self.create("b", text)
        self.assertEqual(self.manifest("a"), self.manifest("b"))


class BadModels(StoreTest):
    def refuse_modelfile(self, text, says):
        err = self.refuse("create", "x", "-f", self.modelfile(text))
        self.assertRegex(err, says)
        self.assertFalse(list(self.store.glob("manifests/*/*/*/*")))
        self.assertFalse([path for path in self.store.glob("blobs/.*")])

    def test_modelfiles(self):
        self.store.mkdir()
        (self.folder / "other.gguf").write_bytes(self.gguf.read_bytes() + b"\0")
        for text, says in (
            ("", "no FROM line"),
            ("FROM a\nFORM b", r"\(line 2\): command must be one of"),
            ("FROM a\nPARAMETER top_q 1", r"\(line 2\): unknown parameter .*expected one of temperature, "),
            ("FROM a\nPARAMETER temperature -1", "temperature"),
            ("FROM a\nMESSAGE robot x", r"\(line 2\): message role must be one of"),
            ('FROM a\nSYSTEM """x', r"\(line 2\): unexpected EOF"),
            ("FROM nobody", "there is no file or folder .*, and no stored model: model nobody:latest is not in"),
            ("FROM ./none.gguf", "none.gguf: there is no such file or folder"),
            ("FROM a/../../b", "model name|no such file"),
            ("FROM @sha256:1", "invalid digest format"),
            (f"FROM @sha256:{'0' * 64}", "there is no blob"),
            ("FROM ./models", "holds no weights"),
            ("FROM other.gguf\nFROM tiny.gguf", "FROM names 2 models"),
            ("FROM tiny.gguf\nFROM ./another.gguf", "no such file"),
            ("FROM tiny.gguf\nADAPTER nowhere", "no such file"),
            ("FROM /dev/zero", "no regular file|regular"),
        ):
            with self.subTest(text):
                self.refuse_modelfile(text, says)

    def test_special_files_and_links_that_lead_outside(self):
        os.mkfifo(self.folder / "pipe")
        self.refuse_modelfile("FROM ./pipe", "regular file")
        outside = self.folder / "outside"
        outside.mkdir()
        shutil.copy(self.gguf, outside)
        inside = self.folder / "inside"
        inside.mkdir()
        (inside / "model.gguf").symlink_to(outside / "tiny.gguf")
        self.refuse_modelfile("FROM ./inside", "inside/model.gguf: .*insecure path")
        shutil.copytree(ROOT / "tests" / "golden" / "apertus", self.folder / "checkpoint")
        weights = self.folder / "checkpoint" / "model.safetensors"
        shutil.move(weights, outside)
        weights.symlink_to(outside / "model.safetensors")
        self.refuse_modelfile("FROM ./checkpoint", "insecure path")

    def test_files_that_are_no_models(self):
        (self.folder / "text.gguf").write_text("no model at all")
        self.refuse_modelfile("FROM text.gguf", "text.gguf")
        whole = self.gguf.read_bytes()
        (self.folder / "cut.gguf").write_bytes(whole[: len(whole) // 2])
        self.refuse_modelfile("FROM cut.gguf", "cut.gguf")

    def test_names(self):
        path = self.modelfile("FROM tiny.gguf")
        for name in ("../x", "a//b", "a/b/c/d", "a:b:c", "", "a b", "x" * 81, "%2e%2e/x", "a/../b", ".hidden", "a:"):
            with self.subTest(name):
                self.assertIn("model name", self.refuse("create", name, "-f", path))
        self.assertFalse(self.store.exists() and list(self.store.glob("manifests/**/*")))

    def test_a_model_that_does_not_run_here_is_stored_and_told(self):
        content = tiny_model.changed({"general.architecture": (TEXT, "novel")})
        (self.folder / "novel.gguf").write_bytes(content)
        self.assertIn("cria: the model cannot run here:", self.create("novel", "FROM novel.gguf"))
        self.assertEqual(self.shown("novel")["family"], "novel")

    def test_no_modelfile(self):
        self.assertIn("specified Modelfile wasn't found", self.refuse("create", "x", "-f", self.folder / "none"))
        self.assertIn("is a folder", self.refuse("create", "x", "-f", self.folder))
        self.assertIn("is no Modelfile, as it has more than", self.refuse("create", "x", "-f", "/dev/zero"))

    def test_a_manifest_of_somebody_else_cannot_name_other_files(self):
        path = self.store / "manifests" / "registry.ollama.ai" / "library" / "evil" / "latest"
        path.parent.mkdir(parents=True)
        layer = {"mediaType": "application/vnd.ollama.image.system", "digest": "sha256:../../../etc/passwd", "size": 1}
        path.write_text(json.dumps({"schemaVersion": 2, "layers": [layer]}))
        for command in (["run", "evil", "x"], ["show", "evil", "--system"], ["cp", "evil", "b"]):
            self.assertIn("a digest is", self.refuse(*command))
        self.cria("rm", "evil")


class Commands(StoreTest):
    def test_list_cp_and_rm(self):
        self.create("me/tiny:1b", "FROM tiny.gguf")
        self.create("other", "FROM tiny.gguf\nSYSTEM x")
        lines = self.cria("list").out.splitlines()
        self.assertRegex(lines[0], r"^NAME +ID +SIZE +MODIFIED$")
        self.assertRegex(lines[1], r"^other:latest +[0-9a-f]{12} +\d+ KB +\S")
        self.assertEqual([line.split()[0] for line in self.cria("ls", "ME/").out.splitlines()], ["NAME", "me/tiny:1b"])
        self.assertEqual(self.cria("cp", "other", "copy").out, "copied 'other' to 'copy'\n")
        self.assertEqual(self.manifest("copy"), self.manifest("other"))
        self.assertIn("me/tiny:1b", self.refuse("cp", "nobody", "x"))
        self.assertIn("nobody:latest is not in", self.refuse("rm", "other", "nobody"))
        self.assertEqual(len(self.cria("list").out.splitlines()), 4)
        self.assertEqual(self.cria("rm", "other", "Copy").out, "deleted 'other'\ndeleted 'Copy'\n")
        self.assertEqual(len(self.blobs()), 2)
        self.check_whole()
        self.cria("rm", "me/tiny:1b")
        self.assertEqual(self.blobs(), set())
        self.assertEqual(list((self.store / "manifests").iterdir()), [])

    def test_show(self):
        self.create("a", 'FROM tiny.gguf\nSYSTEM Be kind.\nTEMPLATE {{ .Prompt }}\nPARAMETER stop "<|x|>"\nPARAMETER top_k 3\n'
                         'LICENSE """MIT\nLicense"""')
        out = self.cria("show", "a").out
        for section in ("Model", "Capabilities", "Parameters", "System", "License"):
            self.assertRegex(out, rf"(?m)^  {section}$")
        self.assertRegex(out, r'(?m)^    stop +"<\|x\|>"$')
        self.assertRegex(out, r"(?m)^    completion$")
        self.assertEqual(self.cria("show", "a", "--system").out, "Be kind.\n")
        self.assertEqual(self.cria("show", "a", "--template").out, "{{ .Prompt }}\n")
        self.assertEqual(self.cria("show", "a", "--license").out, "MIT\nLicense\n")
        self.assertEqual(self.cria("show", "a", "--parameters").out, f'{"stop":30} "<|x|>"\n{"top_k":30} 3\n')
        self.assertRegex(self.cria("show", "a", "-v").out, r"(?m)^  Tensors$")
        self.assertRegex(self.cria("show", self.gguf, "--modelfile").out, rf"\nFROM {re.escape(str(self.gguf))}\n$")
        self.fail_with(2, "show", "a", "--system", "--license", env=self.env)
        self.create("b", 'FROM tiny.gguf\nLICENSE """\n\n    A License\n      Version 1\n\n"""\nSYSTEM """one\n\ntwo\nthree"""')
        out = self.cria("show", "b").out
        self.assertIn("\n  License\n    A License\n    Version 1\n\n", out)
        self.assertIn("\n  System\n    one\n    two\n    ...\n\n", out)

    def test_a_store_of_another_program_works_in_place(self):
        """Without config, with unknown parameters, a stray file, and an upper-case name."""
        self.create("a", "FROM tiny.gguf")
        layer = self.manifest("a")["layers"][0]
        content = b'{"new_option":1,"stop":["x"],"temperature":0}'
        digest = hashlib.sha256(content).hexdigest()
        (self.store / "blobs" / f"sha256-{digest}").write_bytes(content)
        layers = [layer, {"mediaType": "application/vnd.ollama.image.params", "digest": f"sha256:{digest}", "size": len(content)}]
        path = self.store / "manifests" / "hf.co" / "Me" / "Tiny" / "Q8"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"schemaVersion": 2, "layers": layers}))
        (self.store / "blobs" / "sha256-partial").write_text("")
        shown = self.shown("hf.co/me/tiny:q8")
        self.assertEqual((shown["name"], shown["family"], shown["quantization_level"]), ("hf.co/Me/Tiny:Q8", "llama", "F32"))
        outcome = self.cria("run", "hf.co/me/tiny:q8", "Once", "--raw", "--num-predict", "2")
        self.assertIn("new_option", outcome.err)
        self.create("b", "FROM hf.co/me/tiny:q8")
        self.assertEqual(self.shown("b")["parameters"], {"new_option": 1, "stop": ["x"], "temperature": 0.0})


class Run(StoreTest):
    def test_parameters_are_the_models_unless_options_say_otherwise(self):
        self.create("a", "FROM tiny.gguf\nPARAMETER temperature 0\nPARAMETER repeat_penalty 1\nPARAMETER num_predict 3\n"
                         'PARAMETER stop " time"\nPARAMETER num_ctx 64\nPARAMETER num_thread 1\nPARAMETER num_gpu 1')
        outcome = self.cria("run", "a", "Once", "--raw")
        self.assertEqual(outcome.out, " upon a\n")
        self.assertEqual(outcome.err, "cria: parameters of the model that have no effect here: num_gpu\n")
        self.assertEqual(self.cria("run", "a", "Once", "--raw", "--stop", " a").out, " upon\n")
        self.assertEqual(self.cria("run", "a", "Once", "--raw", "--num-predict", "1").out, " upon\n")
        long = " ".join(["time"] * 64)
        self.assertIn("the context holds 64", self.refuse("run", "a", long, "--raw"))
        self.cria("run", "a", long, "--raw", "--num-ctx", "1000")

    def test_system_and_messages(self):
        content = tiny_model.changed({"tokenizer.chat_template": (TEXT, CHATML)})
        (self.folder / "chat.gguf").write_bytes(content)

        def tokens(name, *options):
            err = self.cria("run", name, "Once", *GREEDY, "--verbose", *options).err
            return int(re.search(r"prompt eval count: +(\d+)", err)[1])

        self.create("plain", "FROM chat.gguf")
        self.create("system", "FROM chat.gguf\nSYSTEM there was one")
        self.create("messages", "FROM system\nMESSAGE user Once upon\nMESSAGE assistant a time")
        counts = [tokens("plain"), tokens("system"), tokens("messages")]
        self.assertEqual(counts, sorted(set(counts)))
        self.assertEqual(tokens("plain", "--system", "there was one"), counts[1])
        self.assertEqual(tokens("system", "--system", "there was one little girl"), tokens("plain", "--system", "there was one little girl"))

    def test_a_template_stands_before_the_files_own(self):
        (self.folder / "chat.gguf").write_bytes(tiny_model.changed({"tokenizer.chat_template": (TEXT, CHATML)}))
        self.create("own", "FROM chat.gguf")
        self.create("other", "FROM chat.gguf\nTEMPLATE \"<{{ .Prompt }}>\"")
        talk = self.folder / "talk.json"
        talk.write_text('[{"role": "user", "content": "Hi"}]')
        self.assertIn("<|im_start|>user\nHi", self.cria("template", "own", "--messages", talk).out)
        self.assertEqual(self.cria("template", "other", "--messages", talk).out, "<Hi>")

    def test_a_template_that_can_not_be_used_is_told_of(self):
        (self.folder / "chat.gguf").write_bytes(tiny_model.changed({"tokenizer.chat_template": (TEXT, "\n{% if")}))
        self.create("broken", "FROM chat.gguf")
        err = self.cria("run", "broken", "Once", *GREEDY).err
        self.assertIn("the model's chat template can not be used: template: chat_template:2: ", err)
        self.assertIn("continued as plain text", err)
        self.assertIn("can not be used", self.cria("show", self.folder / "chat.gguf").out)

    def test_without_a_chat_template_they_have_no_effect(self):
        self.create("a", "FROM tiny.gguf\nSYSTEM Be kind.")
        self.assertIn("no effect without a chat template", self.cria("run", "a", "Once", *GREEDY).err)
        self.assertEqual(self.cria("run", "a", "Once", "--raw", *GREEDY).err, "")
