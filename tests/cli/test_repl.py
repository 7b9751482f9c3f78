"""What is said at the prompt of `cria run`, to a server and to this process: the same commands serve both."""

import json
import re
import time

import support
import tiny_model
from fake_server import DONE, SHOW, FakeServer, said
from prompt import CONTINUATION, CONTROL_C, CONTROL_G, Prompt
from support import CliTest
from test_store import CHATML
from tiny_model import TEXT


class ReplTest(Prompt, CliTest):
    def setUp(self):
        super().setUp()
        self.server = FakeServer()
        self.addCleanup(self.server.close)

    def environment(self, **more):
        places = {"XDG_STATE_HOME": str(self.folder), "HOME": str(self.folder), "CRIA_MODELS": str(self.folder / "models")}
        return support.environment(**{"TERM": "xterm", "CRIA_HOST": self.server.address, **places, **more})

    def start(self, *options, model="talker", **environment):
        return self.start_prompt("run", model, *options, env=self.environment(**environment))

    def lines(self, line):
        """What a line brings about, without spinners and colours."""
        text = re.sub(r"\r[^\n]*?\x1b\[K", "", self.enter(line))
        return re.sub(r"\x1b\[\d*m", "", text).replace("\r\n", "\n")


class Remote(ReplTest):
    def setUp(self):
        super().setUp()
        self.terminal = self.start()

    def request(self):
        self.enter("Hi")
        return self.server.asked("/api/chat")[-1]

    def test_loads_the_model_at_once(self):
        self.assertEqual(self.server.asked("/api/generate"), [{"model": "talker", "stream": False}])

    def test_talks(self):
        self.assertEqual(self.lines("Hi").strip(), "Hello there")
        self.lines("How are you?")
        told = [(m["role"], m["content"]) for m in self.server.asked("/api/chat")[-1]["messages"]]
        self.assertEqual(told, [("user", "Hi"), ("assistant", "Hello there"), ("user", "How are you?")])
        self.enter("/clear")
        self.assertEqual(len(self.request()["messages"]), 1)

    def test_set_changes_what_is_asked(self):
        self.assertNotIn("options", self.request())
        self.enter("/set parameter temperature 0.25")
        self.enter("/set parameter num_gpu 1")
        self.enter("/set parameter stop one")
        self.enter("/set parameter stop two words")
        self.assertEqual(self.request()["options"], {"num_gpu": 1, "stop": ["one", "two words"], "temperature": 0.25})
        self.enter("/set system Be brief.")
        self.enter("/clear")
        self.assertEqual(self.request()["messages"][0], {"role": "system", "content": "Be brief."})
        self.enter("/set format json")
        self.assertEqual(self.request()["format"], "json")
        self.enter("/set noformat")
        self.assertNotIn("format", self.request())
        for line, think in (("/set think", True), ("/set think high", "high"), ("/set nothink", False)):
            self.enter(line)
            self.assertEqual(self.request()["think"], think)

    def test_set_refuses_what_makes_no_sense(self):
        for line, expected in (
            ("/set", "expected one of parameter, system"),
            ("/set parameter top_q 1", 'unknown parameter "top_q"'),
            ("/set parameter top_k many", "expected a whole number"),
            ("/set parameter top_k", "usage: /set parameter NAME VALUE"),
            ("/set format sonnet", 'format "sonnet"'),
            ("/set format regex:a", "--local takes others"),
            ("/set verbose please", "usage: /set"),
            ("/show", "expected one of info"),
            ("/load", "usage: /load NAME"),
            ("/help me", "expected set, show or shortcuts"),
        ):
            self.assertIn(expected, self.lines(line))
        self.assertEqual(set(self.request()), {"model", "messages", "stream"})

    def test_show(self):
        self.assertRegex(self.lines("/show info"), r"architecture +llama\n +parameters +1M\n +context length +2048\n")
        self.assertEqual(self.lines("/show license"), "Do as you like.\n")
        self.assertEqual(self.lines("/show modelfile"), "FROM talker\n")
        self.assertEqual(self.lines("/show template"), "{{ .Prompt }}\n")
        self.assertEqual(self.lines("/show system"), "Be kind.\n")
        self.enter("/set system Be brief.")
        self.assertEqual(self.lines("/show system"), "Be brief.\n")
        self.enter("/set parameter top_k 7")
        self.assertRegex(self.lines("/show parameters"), r"(?s)temperature +0.5.*top_k +7")

    def test_verbose_and_quiet(self):
        self.enter("/set verbose")
        self.assertIn("eval rate:            8.00 tokens/s", self.lines("Hi"))
        self.enter("/set quiet")
        self.assertNotIn("eval rate", self.lines("Hi"))

    def test_list(self):
        self.assertRegex(self.lines("/list"), r"NAME +ID +SIZE +MODIFIED\ntalker:latest +0123456789ab +1.5 MB +\d+ years ago\n")

    def test_load_begins_anew_with_another_model(self):
        self.request()
        self.assertIn("model 'nobody' not found", self.lines("/load nobody"))
        self.assertEqual((self.request()["model"], len(self.request()["messages"])), ("talker", 5))
        self.server.replies["/api/show"] = SHOW
        self.enter("/load other")
        self.assertEqual((self.request()["model"], len(self.server.asked("/api/chat")[-1]["messages"])), ("other", 1))

    def test_control_c_ends_loading_another_model(self):
        self.server.replies["/api/generate"] = self.server.endless
        self.terminal.send("/load talker\r")
        self.terminal.expect("\u280b")  # the spinner
        self.terminal.send(CONTROL_C)
        self.assertIn("cria: interrupted", self.wait_for_prompt())
        self.assertTrue(self.server.broken.wait(support.SECONDS))
        self.assertEqual(self.request()["model"], "talker")

    def test_a_placeholder_stands_where_nothing_is_typed(self):
        self.terminal.expect("Send a message (/? for help)")
        self.terminal.send('"')
        self.terminal.expect("\x1b[K")
        self.enter('""one', CONTINUATION)
        self.terminal.expect('Use """ to end the text')
        self.enter('two"""')
        self.assertEqual(self.server.asked("/api/chat")[-1]["messages"][0]["content"], "one\ntwo")
        self.terminal = self.start(TERM="dumb")
        self.assertNotIn("Send a message", self.enter("Hi"))

    def test_save(self):
        steps = [{"status": "writing manifest", "total": 2, "completed": 1}, {"status": "success"}]
        self.server.replies["/api/create"] = steps
        self.request()
        self.enter("/set system Be brief.")
        self.enter("/set parameter top_k 7")
        self.assertIn("Created new model 'mine'", self.lines("/save mine"))
        messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello there"}]
        expected = {"model": "mine", "from": "talker", "stream": True, "system": "Be brief.", "parameters": {"top_k": 7}, "messages": messages}
        self.assertEqual(self.server.asked("/api/create"), [expected])
        self.server.replies["/api/create"] = steps[:1]
        self.assertIn("ended without success", self.lines("/save mine"))
        self.server.replies["/api/create"] = (400, {"error": "no such name"})
        self.assertIn("no such name", self.lines("/save mine"))

    def test_control_c_stops_the_answer_and_the_server(self):
        self.server.replies["/api/chat"] = self.server.endless
        self.terminal.send("Hi\r")
        self.terminal.expect("for ever and ever")
        self.terminal.send(CONTROL_C)
        self.wait_for_prompt()
        self.assertTrue(self.server.broken.wait(support.SECONDS))
        self.server.replies["/api/chat"] = [said("Yes"), DONE]
        self.assertRegex(self.request()["messages"][1]["content"], "^for ever and ever")

    def test_an_error_does_not_end_the_conversation(self):
        self.server.replies["/api/chat"] = [said("Once"), {"error": "it hurts"}]
        self.assertRegex(self.lines("Hi"), "Once\ncria: it hurts\n")
        self.server.replies["/api/chat"] = [said("Yes"), DONE]
        self.assertEqual(len(self.request()["messages"]), 1)
        self.server.replies["/api/chat"] = [None]
        self.assertIn(f"cria: the server at http://{self.server.address}: ", self.lines("Hi"))

    def test_thinking_is_dimmed(self):
        self.server.replies["/api/chat"] = [said("", thinking="Hm."), said("Yes"), DONE]
        self.assertIn("\x1b[2mThinking...\r\nHm.\r\n...done thinking.\r\n\r\n\x1b[0mYes\r\n", self.enter("Hi"))

    def test_words_are_wrapped(self):
        self.server.replies["/api/chat"] = [said(f"word{number} ") for number in range(20)] + [DONE]
        self.assertRegex(self.enter("Hi"), r"word11 w[ord12]*\x1b\[\d+D\x1b\[K\r\nword12 word13")
        self.enter("/set nowordwrap")
        self.assertNotIn("\x1b[K\r\nwo", self.enter("Hi"))
        self.enter("/set wordwrap")
        self.assertIn("\x1b[K\r\nwo", self.enter("Hi"))

    def test_a_spinner_turns_while_the_model_loads(self):
        def slow(_):
            time.sleep(0.6)
            return loaded

        loaded = self.server.replies["/api/generate"]
        self.server.replies["/api/generate"] = slow
        self.start()
        self.assertRegex(self.greeting, "\r[\u2800-\u28ff] \r.*\x1b\\[K")

    def test_messages_of_the_model_are_shown_and_not_sent(self):
        self.server.replies["/api/show"] = {**SHOW, "messages": [{"role": "user", "content": "Ping"}, {"role": "assistant", "content": "Pong"}]}
        self.terminal = self.start()
        self.assertIn(">>> Ping\r\nPong\r\n", self.greeting)
        self.assertEqual(len(self.request()["messages"]), 1)

    def test_history_is_kept_unless_nobody_wants_it(self):
        history = self.folder / "cria" / "history"
        self.enter("one")
        self.enter("/set nohistory")
        self.enter("two")
        self.enter("/set history")
        self.enter("three")
        text = history.read_text()
        self.assertTrue("one" in text and "three" in text and "two" not in text, text)
        for variable in ("CRIA_NOHISTORY", "OLLAMA_NOHISTORY"):
            self.terminal = self.start(**{variable: "1"})
            self.enter("four")
        self.terminal = self.start(CRIA_NOHISTORY="0")
        self.enter("five")
        self.assertIn("five", history.read_text())
        self.assertNotIn("four", history.read_text())

    def test_a_line_is_edited_in_a_program(self):
        script = self.folder / "editor"
        script.write_text('#!/bin/sh\nprintf "two\\nlines\\n" >> "$2"; test "$1" = -x\n')
        script.chmod(0o755)
        self.terminal = self.start(CRIA_EDITOR=f"{script} -x", EDITOR="false")
        self.terminal.send("one " + CONTROL_G)
        self.terminal.expect("lines")
        self.keys("\r")
        self.assertEqual(self.server.asked("/api/chat")[-1]["messages"][0]["content"], "one two\nlines")
        self.terminal = self.start(EDITOR="false")
        self.terminal.send("one" + CONTROL_G)
        self.terminal.expect("the editor failed: false")


class Local(ReplTest):
    """With a chat model in the store of this machine, and no server."""

    def setUp(self):
        super().setUp()
        self.gguf = self.folder / "chat.gguf"
        self.gguf.write_bytes(tiny_model.changed({"tokenizer.chat_template": (TEXT, CHATML)}))
        self.create("talker", f"FROM {self.gguf}\nPARAMETER temperature 0\nPARAMETER num_predict 2\nSYSTEM Be kind.\nLICENSE Mine.")
        self.terminal = self.start()

    def environment(self, **more):
        return super().environment(**{"CRIA_HOST": "127.0.0.1:1", **more})

    def create(self, name, text):
        modelfile = self.folder / "Modelfile"
        modelfile.write_text(text)
        self.succeed("create", name, "-f", modelfile, env=self.environment())

    def shown(self, name):
        return json.loads(self.succeed("show", name, "--json", env=self.environment()).out)["stored"]

    def test_set_and_show(self):
        self.assertIn("llama", self.lines("/show info"))
        self.assertEqual(self.lines("/show license"), "Mine.\n")
        self.assertIn("FROM ", self.lines("/show modelfile"))
        self.assertIn("im_start", self.lines("/show template"))
        self.assertEqual(self.lines("/show system"), "Be kind.\n")
        self.enter("/set system Be brief.")
        self.assertEqual(self.lines("/show system"), "Be brief.\n")
        self.assertRegex(self.lines("/show parameters"), r"num_predict +2\n")
        self.enter("/set parameter num_ctx 256")
        self.assertRegex(self.lines("/show parameters"), r"num_ctx +256\n")
        self.assertIn("num_gpu", self.lines("/set parameter num_gpu 1"))
        self.assertIn("--threads", self.lines("/set parameter num_thread 1"))
        self.assertIn("expected a number of tokens", self.lines("/set parameter num_ctx 0"))
        self.enter("/set format regex:yes|no")
        self.assertRegex(self.lines("Really?"), "yes|no")

    def test_save_and_load(self):
        answer = self.lines("Once").rstrip("\n")
        self.enter("/set system Be brief.")
        self.enter("/set parameter top_k 7")
        self.assertIn("Created new model 'mine'", self.lines("/save mine"))
        stored = self.shown("mine")
        self.assertEqual(stored["system"], "Be brief.")
        self.assertEqual(stored["parameters"], {"num_predict": 2, "temperature": 0.0, "top_k": 7})
        self.assertEqual(stored["messages"], [{"role": "user", "content": "Once"}, {"role": "assistant", "content": answer}])
        self.assertRegex(self.lines("/list"), r"(?s)mine:latest.*talker:latest")
        self.assertIn("Loaded model 'mine'", self.lines("/load mine"))
        self.assertIn("nobody", self.lines("/load nobody"))
        self.enter("/save again")
        self.assertEqual(self.shown("again")["messages"], stored["messages"])

    def test_a_file_can_be_saved(self):
        self.terminal = self.start(model=self.gguf)
        self.enter("/set system Be brief.")
        self.enter("/save mine")
        self.assertEqual(self.shown("mine")["system"], "Be brief.")

    def test_many_lines_become_the_system_text(self):
        self.enter('/set system """Be', CONTINUATION)
        self.enter('brief."""')
        self.assertEqual(self.lines("/show system"), "Be\nbrief.\n")

    def test_thinking(self):
        template = (
            "{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}<|im_end|>\n"
            "{{ end }}<|im_start|>assistant\n{{ if and .IsThinkSet .Think }}<think>\n{{ end }}"
        )
        self.create("thinker", f'FROM {self.gguf}\nPARAMETER temperature 0\nPARAMETER num_predict 2\nTEMPLATE """{template}"""')
        self.assertIn("does not support thinking", self.lines("/set think"))
        self.enter("/load thinker")
        self.assertIn("Thinking...\n", self.lines("Once"))
        self.enter("/set nothink")
        self.assertNotIn("Thinking", self.lines("Once"))
        self.enter("/set think high")
        self.assertRegex(self.lines("Once"), "^Thinking\\.\\.\\.\n.*\\S.*\n\\.\\.\\.done thinking\\.\n")
