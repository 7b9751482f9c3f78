"""The commands that ask a server, against one that is not real."""

import datetime
import json
import signal
import subprocess

import support
import tiny_model
from fake_server import DONE, SHOW, FakeServer, said
from support import CliTest


class ServerTest(CliTest):
    def setUp(self):
        super().setUp()
        self.server = FakeServer()
        self.addCleanup(self.server.close)
        self.env = self.environment()

    def environment(self, **more):
        return support.environment(**{"CRIA_HOST": self.server.address, "CRIA_MODELS": str(self.folder / "models"), **more})

    def cria(self, *arguments, **more):
        return self.succeed(*arguments, **{"env": self.env, **more})

    def refuse(self, *arguments, **more):
        return self.fail_with(1, *arguments, **{"env": self.env, **more}).err

    def chat(self, index=-1):
        return self.server.asked("/api/chat")[index]


class Ps(ServerTest):
    def loaded(self, **more):
        later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=4, seconds=30)
        model = {"name": "talker:latest", "digest": "0123456789abcdef", "size": 1000, "size_vram": 0, "context_length": 4096}
        model |= {"expires_at": later.isoformat(), **more}
        self.server.replies["/api/ps"] = {"models": [model]}
        header, row = self.cria("ps").out.splitlines()
        self.assertEqual(header.split(), ["NAME", "ID", "SIZE", "PROCESSOR", "CONTEXT", "UNTIL"])
        return [cell.strip() for cell in row.split("    ") if cell.strip()]

    def test_shows_a_table(self):
        self.assertEqual(self.loaded(), ["talker:latest", "0123456789ab", "1 KB", "100% CPU", "4096", "4 minutes from now"])

    def test_says_where_a_model_is_and_how_long(self):
        self.assertEqual(self.loaded(size_vram=1000)[3], "100% GPU")
        self.assertEqual(self.loaded(size_vram=520)[3], "48%/52% CPU/GPU")
        self.assertEqual(self.loaded(size_vram=2000)[3], "unknown")
        self.assertEqual(self.loaded(expires_at="2318-01-01T00:00:00.123456789+01:00")[5], "Forever")
        self.assertEqual(self.loaded(expires_at="2001-01-01T00:00:00Z")[5], "Stopping...")

    def test_without_models_is_a_header(self):
        self.assertEqual(len(self.cria("ps").out.splitlines()), 1)
        self.assertEqual(json.loads(self.cria("ps", "--json").out), {"models": []})

    def test_without_a_server_says_what_to_do(self):
        err = self.refuse("ps", env=self.environment(CRIA_HOST="127.0.0.1:1"))
        self.assertIn("no server answers at http://127.0.0.1:1", err)
        self.assertIn("cria serve", err)

    def test_errors_of_the_server(self):
        for reply, expected in (
            ((500, {"error": "it hurts"}), "it hurts"),
            ((500, {"error": {"message": "it hurts", "type": "api_error"}}), "it hurts"),
            ((502, b"<html>"), 'status 502: "<html>"'),
            ((200, b"what?"), "expected a JSON object"),
            ({}, "without a list of models"),
        ):
            self.server.replies["/api/ps"] = reply
            self.assertIn(expected, self.refuse("ps"))

    def test_the_key_is_shown(self):
        self.server.key = "secret"
        self.assertIn("wants a key", self.refuse("ps"))
        for name in ("CRIA_API_KEY", "OLLAMA_API_KEY"):
            self.cria("ps", env=self.environment(**{name: "secret"}))

    def test_proxies_are_not_for_this_machine(self):
        self.cria("ps", env=self.environment(http_proxy="http://127.0.0.1:1", HTTP_PROXY="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1"))

    def test_a_path_stands_before_those_of_the_api(self):
        self.server.replies["/models/api/ps"] = {"models": []}
        self.cria("ps", env=self.environment(CRIA_HOST=f"http://{self.server.address}/models/"))
        self.assertEqual(self.server.requests, [("/models/api/ps", None)])


class Stop(ServerTest):
    def test_unloads_a_model(self):
        self.assertEqual(self.cria("stop", "talker").out, "")
        self.assertEqual(self.server.asked("/api/generate"), [{"model": "talker", "keep_alive": 0, "stream": False}])

    def test_of_a_model_that_is_not_there(self):
        self.server.replies["/api/generate"] = (404, {"error": "model 'talker' not found"})
        self.assertIn('couldn\'t find model "talker" to stop', self.refuse("stop", "talker"))


class Run(ServerTest):
    def test_answers(self):
        outcome = self.cria("run", "talker", "Hi", "you")
        self.assertEqual((outcome.out, outcome.err), ("Hello there\n", ""))
        self.assertEqual(self.chat(), {"model": "talker", "messages": [{"role": "user", "content": "Hi you"}], "stream": True})

    def test_what_is_piped_comes_before_the_prompt(self):
        self.cria("run", "talker", "Summarize:", stdin=b"a text\n")
        self.assertEqual(self.chat()["messages"][0]["content"], "a text\nSummarize:")

    def test_options_become_fields(self):
        self.cria("run", "talker", "Hi", "--system", "Be brief.", "--temperature", "0", "--top-k", "5", "--stop", "a", "--stop", "b",
                  "--num-ctx", "100", "--format", "json", "--keepalive", "10m", "--think=low")
        request = self.chat()
        self.assertEqual(request["messages"][0], {"role": "system", "content": "Be brief."})
        self.assertEqual(request["options"], {"num_ctx": 100, "stop": ["a", "b"], "temperature": 0.0, "top_k": 5})
        self.assertEqual((request["format"], request["keep_alive"], request["think"]), ("json", "10m", "low"))
        schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
        (self.folder / "schema.json").write_text(json.dumps(schema))
        for form in (json.dumps(schema), f"schema:{self.folder}/schema.json"):
            self.cria("run", "talker", "Hi", "--format", form, "--keepalive", "-1", "--think")
            self.assertEqual((self.chat()["format"], self.chat()["keep_alive"], self.chat()["think"]), (schema, -1, True))
        self.cria("run", "talker", "Hi", "--think=false")
        self.assertEqual(self.chat()["think"], False)
        self.assertIn('a time of "soon"', self.refuse("run", "talker", "Hi", "--keepalive", "soon"))

    def test_verbose_tells_the_speed_and_who_answers(self):
        err = self.cria("run", "talker", "Hi", "--verbose").err
        self.assertIn(f"asking the server at http://{self.server.address}, version 9.9.9", err)
        self.assertRegex(err, r"total duration: +2s\nload duration: +500ms\nprompt eval count: +10 token\(s\)\nprompt eval duration: +1s\n")
        self.assertRegex(err, r"prompt eval rate: +10.00 tokens/s\neval count: +4 token\(s\)\neval duration: +500ms\neval rate: +8.00 tokens/s")

    def test_thinking_is_told_apart(self):
        self.server.replies["/api/show"] = {**SHOW, "capabilities": ["completion", "thinking"]}
        self.server.replies["/api/chat"] = [said("", thinking="Hm."), said("", thinking=" Well."), said("Yes"), {**said(""), **DONE}]
        self.assertEqual(self.cria("run", "talker", "Hi").out, "Thinking...\nHm. Well.\n...done thinking.\n\nYes\n")
        self.assertEqual(self.chat()["think"], True)
        self.assertEqual(self.cria("run", "talker", "Hi", "--hidethinking").out, "Yes\n")

    def test_a_cut_answer_is_told(self):
        self.server.replies["/api/chat"] = [said("Once"), {**said(""), **DONE, "done_reason": "length"}]
        self.assertIn("the answer was cut", self.cria("run", "talker", "Hi").err)
        self.assertEqual(self.cria("run", "talker", "Hi", "--num-predict", "1").err, "")
        self.server.replies["/api/show"] = {**SHOW, "parameters": "num_predict    1"}
        self.assertEqual(self.cria("run", "talker", "Hi").err, "")

    def test_warnings_of_the_server_are_told(self):
        self.server.replies["/api/chat"] = [said("Once"), {**said(""), **DONE, "warnings": ["unknown option", "cut"]}]
        self.assertEqual(self.cria("run", "talker", "Hi").err, "cria: unknown option; cut\n")

    def test_a_model_without_a_template_continues_the_prompt(self):
        self.server.replies["/api/show"] = {**SHOW, "template": ""}
        self.server.replies["/api/generate"] = [{"response": "Once", "done": False}, {"response": "", **DONE}]
        outcome = self.cria("run", "talker", "Hi", "--seed", "1")
        self.assertEqual(outcome.out, "Once\n")
        self.assertIn("no chat template", outcome.err)
        self.assertEqual(self.server.asked("/api/generate"), [{"model": "talker", "stream": True, "prompt": "Hi", "options": {"seed": 1}}])
        self.assertIn("a system text needs a chat template", support.cria("run", "talker", "Hi", "--system", "Be kind.", env=self.env).err)

    def test_broken_answers(self):
        for lines, expected in (
            ([said("Once"), {"error": "it hurts"}], "it hurts"),
            ([said("Once"), b'{"message": \n'], "expected a JSON object"),
            ([said("Once"), b"[]\n"], "expected a JSON object"),
            ([said("Once")], "before it was done"),
            ([said("Once"), None], f"the server at http://{self.server.address}: "),
        ):
            self.server.replies["/api/chat"] = lines
            outcome = support.cria("run", "talker", "Hi", env=self.env)
            self.assertEqual((outcome.status, outcome.out), (1, "Once\n"), outcome)
            self.assertIn(expected, outcome.err)

    def test_lines_come_in_any_pieces(self):
        whole = b"".join(json.dumps(line).encode() + b"\n" for line in [said("Caf\u00e9"), {**said(""), **DONE}])
        self.server.replies["/api/chat"] = [whole[i : i + 1] for i in range(len(whole) - 1)]  # without the last newline
        self.assertEqual(self.cria("run", "talker", "Hi").out, "Caf\u00e9\n")

    def test_a_model_that_the_server_does_not_have(self):
        err = self.refuse("run", "nobody", "Hi")
        self.assertIn("model 'nobody' not found", err)
        self.assertIn("--local", err)

    def test_an_interrupt_ends_the_work_of_the_server(self):
        self.server.replies["/api/chat"] = self.server.endless
        process = subprocess.Popen([support.PROGRAM, "run", "talker", "Hi"], stdout=subprocess.PIPE, env=self.env)
        self.assertEqual(process.stdout.read(8), b"for ever")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=support.SECONDS), -signal.SIGINT)
        process.stdout.close()
        self.assertTrue(self.server.broken.wait(support.SECONDS))

    def test_a_picture_is_sent_to_a_model_that_sees(self):
        picture = self.folder / "cat.png"
        picture.write_bytes(b"\x89PNG")
        err = self.cria("run", "talker", f"What is in {picture}?").err
        self.assertIn("the model can not see", err)
        self.assertNotIn("images", self.chat()["messages"][0])
        self.server.replies["/api/show"] = {**SHOW, "capabilities": ["completion", "vision"]}
        self.cria("run", "talker", f"What is in {picture}?")
        self.assertEqual(self.chat()["messages"], [{"role": "user", "content": "What is in ?", "images": ["iVBORw=="]}])

    def test_a_vector_of_a_text(self):
        self.server.replies["/api/show"] = {**SHOW, "capabilities": ["embedding"]}
        self.server.replies["/api/embed"] = {"model": "talker", "embeddings": [[0.5, -0.25]]}
        self.assertEqual(self.cria("run", "talker", "Hi").out, "[0.5,-0.25]\n")
        self.cria("run", "talker", "Hi", "--dimensions", "2", "--truncate=false")
        self.assertEqual(self.server.asked("/api/embed"), [{"model": "talker", "input": "Hi", "truncate": True},
                                                           {"model": "talker", "input": "Hi", "truncate": False, "dimensions": 2}])
        self.assertIn("expected a text", self.refuse("run", "talker", ""))

    def test_insecure_has_no_effect(self):
        self.assertIn("--insecure has no effect", self.cria("run", "talker", "Hi", "--insecure").err)


class Choice(ServerTest):
    """Which of the two answers, for a model that is in the store of this machine as well."""

    def setUp(self):
        super().setUp()
        self.file = tiny_model.path()
        modelfile = self.folder / "Modelfile"
        modelfile.write_text(f"FROM {self.file}\n")
        self.cria("create", "talker", "-f", modelfile, "--local")

    def run_it(self, *options, model="talker", **more):
        return self.cria("run", model, "Once", "--verbose", "--num-predict", "2", *options, **more)

    def test_a_server_if_one_answers(self):
        self.assertEqual(self.run_it().out, "Hello there\n")

    def test_this_process_if_none_answers(self):
        outcome = self.run_it(env=self.environment(CRIA_HOST="127.0.0.1:1"))
        self.assertIn("no server answers at http://127.0.0.1:1", outcome.err)
        self.assertNotEqual(outcome.out, "Hello there\n")

    def test_this_process_if_what_answers_is_no_server(self):
        self.server.replies["/api/version"] = (200, b"Welcome")
        self.assertIn("no server answers", self.run_it().err)

    def test_this_process_for_what_only_it_can_do(self):
        for options, reason in (
            (["--local"], "--local"),
            (["--raw"], "--raw"),
            (["--threads", "1"], "--threads"),
            (["--backend", "reference"], "--backend"),
            (["--kv", "f32"], "--kv"),
            (["--format", "regex:.*"], "--format regex:"),
        ):
            self.assertIn(f"in this process: {reason}", self.run_it(*options).err)
        self.assertIn("the model is a file", self.run_it(model=self.file).err)
        self.assertIn("--keepalive has no effect", self.run_it("--local", "--keepalive", "5m").err)
        self.assertEqual(self.server.requests, [])
