"""The commands that ask a server, against the program's own."""

import re
import time

import support
import tiny_model
from prompt import CONTROL_C, Prompt
from server_support import Server
from support import CliTest
from test_store import CHATML
from tiny_model import TEXT


class Real(Prompt, CliTest):
    def setUp(self):
        super().setUp()
        places = {"CRIA_MODELS": str(self.folder / "models"), "XDG_STATE_HOME": str(self.folder), "HOME": str(self.folder)}
        self.env = support.environment(**places, TERM="xterm")
        gguf = self.folder / "chat.gguf"
        gguf.write_bytes(tiny_model.changed({"tokenizer.chat_template": (TEXT, CHATML)}))
        self.create("chat", f"FROM {gguf}\nPARAMETER temperature 0\nPARAMETER num_predict 3\nSYSTEM Be kind.\nMESSAGE user Ping\nMESSAGE assistant Pong\n")
        self.create("plain", f"FROM {tiny_model.path()}\nPARAMETER temperature 0\nPARAMETER num_predict 3\n")
        server = Server(env=self.env)
        self.addCleanup(server.stop)
        self.env["CRIA_HOST"] = f"127.0.0.1:{server.port}"

    def create(self, name, text):
        (self.folder / "Modelfile").write_text(text)
        self.succeed("create", name, "-f", self.folder / "Modelfile", env=self.env)

    def cria(self, *arguments):
        return self.succeed(*arguments, env=self.env)

    def loaded(self):
        return [line.split()[0] for line in self.cria("ps").out.splitlines()[1:]]

    def prompt_tokens(self, *options):
        return int(re.search(r"prompt eval count: +(\d+)", self.cria("run", "chat", "Once", "--verbose", *options).err)[1])

    def test_server_and_process_answer_alike(self):
        for name in ("chat", "plain"):
            self.assertEqual(self.cria("run", name, "Once").out, self.cria("run", name, "Once", "--local").out)
        for options in ([], ["--system", "Be brief and kind."], ["--system", ""]):
            self.assertEqual(self.prompt_tokens(*options), self.prompt_tokens("--local", *options), options)

    def test_ps_and_stop(self):
        self.assertEqual(self.loaded(), [])
        self.cria("run", "chat", "Once", "--keepalive", "10m")
        self.assertEqual(self.loaded(), ["chat:latest"])
        self.assertRegex(self.cria("ps").out, r"100% CPU +\d+ +\d minutes from now\n")
        self.cria("stop", "chat")
        self.assertEqual(self.loaded(), [])
        self.assertIn("couldn't find model", self.fail_with(1, "stop", "nobody", env=self.env).err)

    def test_the_prompt(self):
        self.terminal = self.start_prompt("run", "chat", env=self.env)
        self.assertIn(">>> Ping\r\nPong\r\n", self.greeting)
        self.enter("Once")
        self.enter("/set system Be brief.")
        self.enter("/set parameter top_k 7")
        self.assertIn("Created new model 'mine'", self.enter("/save mine"))
        self.assertIn("mine:latest", self.enter("/list"))
        self.assertIn("Loaded model 'mine'", self.enter("/load mine"))
        self.assertIn("Be brief.", self.enter("/show modelfile"))
        self.assertRegex(self.enter("/show info"), r"architecture +llama\r\n +parameters")
        messages = self.cria("show", "mine", "--modelfile").out.count("MESSAGE ")
        self.assertEqual(messages, 4)
        self.enter("/set parameter num_predict -1")
        self.enter("/set parameter num_ctx 32000")
        self.terminal.send("Once upon a time\r")
        self.terminal.expect(" there")
        self.terminal.send(CONTROL_C)
        begin = time.monotonic()
        self.wait_for_prompt()
        self.assertLess(time.monotonic() - begin, 5)
