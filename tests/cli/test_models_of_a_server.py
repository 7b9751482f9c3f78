"""The commands about stored models, with a server that has a store of its own, and with one that shares this machine's."""

import hashlib
import os

import support
import tiny_model
from server_support import Server
from support import ROOT, CliTest
from test_adapters import adapter
from tiny_model import TEXT

TEMPLATE = "{% for message in messages %}{{ message.content }}{% endfor %}"


class ServersStore(CliTest):
    def setUp(self):
        super().setUp()
        self.theirs, self.ours = self.folder / "theirs", self.folder / "ours"
        home = {"HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder)}
        server = Server(env=support.environment(**home, CRIA_MODELS=str(self.theirs)))
        self.addCleanup(server.stop)
        self.env = support.environment(**home, CRIA_MODELS=str(self.ours), CRIA_HOST=f"127.0.0.1:{server.port}")

    def cria(self, *arguments):
        return self.succeed(*arguments, env=self.env)

    def create(self, name, text, *options):
        (self.folder / "Modelfile").write_text(text)
        return self.cria("create", name, "-f", self.folder / "Modelfile", *options).err

    def names(self, *options):
        return [line.split()[0] for line in self.cria("list", *options).out.splitlines()[1:]]

    def blobs(self, store):
        return sorted(path.name for path in (store / "blobs").glob("*"))

    def test_models_are_those_of_the_server(self):
        lines = 'PARAMETER stop "<end>"\nPARAMETER top_k 7\nSYSTEM Be kind.\nMESSAGE user Ping\nMESSAGE assistant Pong\nLICENSE Free.\n'
        told = self.create("tiny", f"FROM {tiny_model.path()}\nTEMPLATE {{{{ .Prompt }}}}\n{lines}")
        self.assertRegex(told, r"copying file sha256:[0-9a-f]{64}\n")
        self.assertTrue(told.endswith("success\n"), told)
        self.assertEqual(self.blobs(self.ours), [])
        self.assertEqual(self.names(), ["tiny:latest"])
        self.assertEqual(self.names("--local"), [])
        self.assertNotIn("copying file", self.create("again", f"FROM {tiny_model.path()}\n"))  # it is there already

        shown = self.cria("show", "tiny").out
        self.assertRegex(shown, r"architecture +llama\n")
        self.assertIn("    Be kind.\n", shown)
        self.assertIn("PARAMETER top_k 7\n", self.cria("show", "tiny", "--modelfile").out)
        self.assertEqual(self.cria("show", "tiny", "--license").out, "Free.\n")
        self.assertRegex(self.cria("show", "tiny", "--verbose").out, r"token_embd.weight +\[64,512\] +F32\n")
        self.assertIn("is not in", self.fail_with(1, "show", "tiny", "--local", env=self.env).err)

        self.create("other", "FROM tiny\nSYSTEM Be brief.")
        self.assertEqual(self.cria("show", "other", "--system").out, "Be brief.\n")
        self.assertEqual(self.cria("cp", "tiny", "copy").out, "copied 'tiny' to 'copy'\n")
        self.assertIn("'nobody' not found", self.fail_with(1, "rm", "copy", "nobody", env=self.env).err)
        self.assertEqual(self.cria("rm", "copy", "tiny", "again").out, "deleted 'copy'\ndeleted 'tiny'\ndeleted 'again'\n")
        self.assertEqual(self.names(), ["other:latest"])

    def test_checkpoints_are_sent(self):
        checkpoint = ROOT / "tests" / "golden" / "apertus"
        self.assertIn("converting model to Q8_0\n", self.create("small", f"FROM {checkpoint}", "-q", "Q8_0"))
        self.assertRegex(self.cria("show", "small").out, r"quantization +Q8_0\n")
        self.assertEqual(self.blobs(self.ours), [])

    def test_all_parts_of_a_split_model_are_sent(self):
        for index, content in enumerate(tiny_model.split(3)):
            (self.folder / f"m-0000{index + 1}-of-00003.gguf").write_bytes(content)
        told = self.create("split", "FROM ./m-00002-of-00003.gguf")
        self.assertEqual(told.count("copying file"), 3)
        self.assertIn("merging split model", told)
        self.assertEqual(self.names(), ["split:latest"])

    def test_adapters_are_sent(self):
        content = adapter()
        (self.folder / "adapter.gguf").write_bytes(content)
        self.create("adapted", f"FROM {tiny_model.path()}\nADAPTER ./adapter.gguf")
        self.assertIn(f"sha256-{hashlib.sha256(content).hexdigest()}", self.blobs(self.theirs))

    def test_what_is_wrong_is_told_before_anything_is_sent(self):
        (self.folder / "Modelfile").write_text("FROM ./nothing.gguf")
        self.assertIn("there is no such file", self.fail_with(1, "create", "x", "-f", self.folder / "Modelfile", env=self.env).err)
        (self.folder / "Modelfile").write_text(f"FROM {tiny_model.path()}\nADAPTER nothing")
        self.assertIn("ADAPTER nothing", self.fail_with(1, "create", "x", "-f", self.folder / "Modelfile", env=self.env).err)
        (self.folder / "Modelfile").write_text("FROM nobody")
        self.assertIn("'nobody' not found", self.fail_with(1, "create", "x", "-f", self.folder / "Modelfile", env=self.env).err)
        self.assertEqual(self.names(), [])

    def test_a_shared_store_needs_no_sending(self):
        self.env["CRIA_MODELS"] = str(self.theirs)
        file = self.folder / "chat.gguf"
        file.write_bytes(tiny_model.changed({"tokenizer.chat_template": (TEXT, TEMPLATE)}))
        self.assertNotIn("copying file", self.create("chat", f"FROM {file}"))
        self.assertEqual(self.names(), ["chat:latest"])
        self.assertEqual(len(self.blobs(self.theirs)), 2)  # the file and the configuration: nothing is left of the question
        self.assertRegex(self.cria("show", "chat").out, r"chat template +Jinja\n")  # as only the file tells
        if os.geteuid() != 0:  # nobody writes there: the server does it all
            (self.theirs / "blobs").chmod(0o555)
            self.addCleanup((self.theirs / "blobs").chmod, 0o755)
            self.assertIn("copying file", self.create("chat", f"FROM {file}"))
