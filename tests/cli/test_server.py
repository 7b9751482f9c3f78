"""`cria serve`: the native API as clients of Ollama use it."""

import base64
import concurrent.futures
import hashlib
import json
import pathlib
import tempfile
import time

import tiny_model
from server_support import ServerTest

GREEDY = {"temperature": 0, "repeat_penalty": 1, "num_predict": 5}
ASK = {"model": "tiny", "prompt": "Once upon a time, there", "options": GREEDY}
ANSWER = " was one little girl named"
SAID = [{"role": "user", "content": "Once upon a time, there"}]
CHAT = {"model": "tiny", "messages": SAID, "options": GREEDY}


class ServerTests(ServerTest):
    def test_front(self):
        plain = self.get("/")
        self.assertEqual((plain.status, plain.body), (200, b"Ollama is running"))
        head = self.server.ask("HEAD", "/")
        self.assertEqual((head.status, head.body), (200, b""))
        page = self.get("/", headers={"Accept": "text/html"})
        self.assertIn(b"<html", page.body)
        self.assertIn("default-src", page.headers["Content-Security-Policy"])
        again = self.get("/", headers={"Accept": "text/html", "If-None-Match": page.headers["ETag"]})
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertRegex(self.get("/api/version").json["version"], r"^\d+\.\d+\.\d+$")
        self.assertEqual(self.get("/health").json, {"status": "ok"})
        self.assertEqual(self.get("/nothing").status, 404)
        self.assertEqual(self.get("/api/chat").status, 405)

    def test_generate(self):
        lines = self.answered("/api/generate", ASK).lines
        self.assertEqual("".join(line["response"] for line in lines), ANSWER)
        self.assertEqual([line["done"] for line in lines], [False] * (len(lines) - 1) + [True])
        last = lines[-1]
        self.assertEqual((last["done_reason"], last["eval_count"], last["model"]), ("length", 5, "tiny"))
        for name in ("total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration", "eval_duration"):
            self.assertGreaterEqual(last[name], 0)
        whole = self.answered("/api/generate", {**ASK, "stream": False}).json
        self.assertEqual((whole["response"], whole["context"]), (ANSWER, last["context"]))
        on = self.answered(
            "/api/generate", {**ASK, "prompt": " Lily", "context": whole["context"], "stream": False}
        ).json
        self.assertEqual(on["context"][: len(whole["context"])], whole["context"])

    def test_chat(self):
        lines = self.answered("/api/chat", CHAT).lines
        self.assertEqual("".join(line["message"]["content"] for line in lines), ANSWER)
        self.assertEqual({line["message"]["role"] for line in lines}, {"assistant"})
        whole = self.answered("/api/chat", {**CHAT, "stream": False}).json
        self.assertEqual(whole["message"], {"role": "assistant", "content": ANSWER})
        self.assertEqual(whole["prompt_eval_count"], lines[-1]["prompt_eval_count"])

    def test_raw_template_system_and_debug(self):
        raw = self.answered("/api/generate", {**ASK, "raw": True, "stream": False}).json
        self.assertEqual(raw["response"], ANSWER)
        self.refused("/api/generate", {**ASK, "raw": True, "system": "x"}, 400, "raw mode does not support")
        own = {**ASK, "template": "<{{ .System }}|{{ .Prompt }}>", "system": "be", "_debug_render_only": True}
        shown = self.answered("/api/generate", own).json["_debug_info"]
        self.assertEqual(shown["rendered_template"], "<be|Once upon a time, there>")
        self.refused("/api/generate", {**ASK, "template": "{{ if }}"}, 400, "template")
        # Ollama's own client sends empty texts for what it does not mean.
        self.answered("/api/create", {"model": "kind", "from": "tiny", "system": "be", "template": "", "stream": False})
        meant = {"model": "kind", "prompt": "x", "system": "", "template": "", "suffix": "", "options": None, "_debug_render_only": True}
        self.assertEqual(self.answered("/api/generate", meant).json["_debug_info"]["rendered_template"], "bex")
        self.answered("/api/create", {"model": "kinder", "from": "kind", "system": "", "stream": False})
        self.assertEqual(self.answered("/api/show", {"model": "kinder"}).json["system"], "be")
        self.refused("/api/generate", {**ASK, "suffix": "the end"}, 400, '"tiny" does not support insert')

    def test_insert_by_the_tokens_of_a_vocabulary(self):
        """Where the template is Jinja, or none."""
        file = self.folder / "fills.gguf"
        tokens, types = ([piece[i] for piece in tiny_model.pieces()] for i in (0, 1))
        tokens[-3:], types[-3:], first = ["<P>", "<S>", "<M>"], [tiny_model.CONTROL] * 3, len(tokens) - 3
        keys = {f"tokenizer.ggml.fim_{part}_token_id": (tiny_model.U32, first + i) for i, part in enumerate(("pre", "suf", "mid"))}
        keys["tokenizer.ggml.tokens"] = (tiny_model.TEXT, tokens)
        keys["tokenizer.ggml.token_type"] = (tiny_model.I32, types)
        for template in ({"tokenizer.chat_template": (tiny_model.TEXT, "{{ messages[0].content }}")}, {}):
            file.write_bytes(tiny_model.changed({**keys, **template}))
            (self.folder / "Modelfile").write_text(f"FROM {file}\n")
            self.succeed("create", "fills", "-f", self.folder / "Modelfile", env=self.env)
            self.assertIn("insert", self.answered("/api/show", {"model": "fills"}).json["capabilities"])
            ask = {**ASK, "model": "fills", "suffix": " the end", "stream": False}
            shown = self.answered("/api/generate", {**ask, "_debug_render_only": True}).json["_debug_info"]["rendered_template"]
            self.assertEqual(shown, "<P>Once upon a time, there<S> the end<M>")
            told = self.answered("/api/generate", ask).json
            prompt = told["context"][: told["prompt_eval_count"]]
            self.assertEqual([(at, id) for at, id in enumerate(prompt) if id >= first][0], (1, first))
            self.assertEqual([id for id in prompt if id >= first], [first, first + 1, first + 2])
            self.assertEqual(prompt[-1], first + 2)
            text = self.answered("/v1/completions", {"model": "fills", "prompt": "Once", "suffix": "end", "max_tokens": 2}).json
            self.assertEqual(len(text["choices"]), 1)

    def test_stop_and_limits(self):
        stopped = self.answered(
            "/api/generate", {**ASK, "stream": False, "options": {**GREEDY, "stop": [" girl"]}}
        ).json
        self.assertEqual((stopped["response"], stopped["done_reason"]), (" was one little", "stop"))
        # A prompt beyond the context loses its middle, which is told, or is refused.
        long = {**ASK, "prompt": "Once upon a time, there " * 200, "stream": False}
        self.assertIn("left out", " ".join(self.answered("/api/generate", long).json["warnings"]))
        self.refused("/api/generate", {**long, "truncate": False}, 400, "tokens", "256")
        turns = [{"role": "system", "content": "s"}] + SAID * 100
        told = self.answered("/api/chat", {**CHAT, "messages": turns, "stream": False}).json
        self.assertIn("messages were left out", " ".join(told["warnings"]))
        self.refused("/api/chat", {**CHAT, "messages": turns, "truncate": False}, 400, "tokens")

    def test_an_answer_without_end_is_ended(self):
        ask = {"model": "tiny", "prompt": "Once upon", "stream": False, "options": {"temperature": 0, "num_ctx": 32}}
        told = self.answered("/api/generate", ask).json
        (loaded,) = self.get("/api/ps").json["models"]
        self.assertEqual((told["done_reason"], told["eval_count"]), ("length", 10 * loaded["context_length"]))
        held = self.answered("/api/generate", {**ask, "shift": False}).json
        self.assertEqual(held["done_reason"], "length")
        self.assertLess(held["eval_count"], loaded["context_length"])

    def test_logprobs(self):
        told = self.answered("/api/generate", {**ASK, "stream": False, "logprobs": True, "top_logprobs": 2}).json
        self.assertEqual(len(told["logprobs"]), 5)
        self.assertEqual("".join(one["token"] for one in told["logprobs"]), ANSWER)
        self.assertEqual(len(told["logprobs"][0]["top_logprobs"]), 2)
        self.refused("/api/generate", {**ASK, "top_logprobs": 21}, 400, "top_logprobs", "20")

    def test_format(self):
        schema = {"type": "object", "properties": {"a": {"type": "boolean"}}, "required": ["a"]}
        told = self.answered("/api/chat", {**CHAT, "format": schema, "stream": False, "options": {"num_predict": 60}}).json
        self.assertEqual(list(json.loads(told["message"]["content"])), ["a"])
        self.refused("/api/chat", {**CHAT, "format": {"type": "object", "if": {}}}, 400, "format", "if")
        self.refused("/api/chat", {**CHAT, "format": "yaml"}, 400, "format", "yaml")
        self.assertRegex(
            self.answered("/api/chat", {**CHAT, "format": "regex:[0-9]{3}", "stream": False}).json["message"]["content"],
            r"^\d{3}$",
        )

    def test_what_nobody_knows_is_told(self):
        told = self.answered("/api/chat", {**CHAT, "stream": False, "colour": "red", "options": {**GREEDY, "num_gpu": 1, "x": 2}})
        self.assertEqual(
            sorted(told.json["warnings"]),
            ['option "num_gpu" has no effect here', 'unknown field "colour"', 'unknown option "x"'],
        )
        unknown = ['unknown field "colour"']
        self.assertEqual(self.answered("/api/embed", {"model": "tiny", "input": [], "colour": "red"}).json["warnings"], unknown)
        self.assertEqual(self.answered("/api/embeddings", {"model": "tiny", "colour": "red"}).json["warnings"], unknown)
        made = self.answered("/api/create", {"model": "a", "from": "tiny", "colour": "red", "stream": False}).json
        self.assertEqual(made, {"status": "success", "warnings": [f"warning: {unknown[0]}"]})

    def test_bad_requests(self):
        self.refused("/api/chat", "", 400, "missing request body")
        self.refused("/api/chat", "{", 400, "JSON")
        self.refused("/api/chat", [], 400, "expected an object")
        self.refused("/api/chat", {"messages": SAID}, 400, "model is required")
        self.refused("/api/chat", {**CHAT, "model": "nope"}, 404, "model 'nope' not found")
        self.refused("/api/chat", {**CHAT, "model": "../x"}, 400, "..")
        self.refused("/api/chat", {**CHAT, "messages": "hi"}, 400, "messages")
        self.refused("/api/chat", {**CHAT, "messages": [{"content": "x"}]}, 400, "messages[0].role")
        self.refused("/api/chat", {**CHAT, "options": {"top_k": "x"}}, 400, 'options.top_k is "x", expected a whole number')
        self.refused("/api/chat", {**CHAT, "options": {"top_p": 7}}, 400, "top_p")
        self.refused("/api/chat", {**CHAT, "think": True}, 400, "does not support thinking")
        self.refused("/api/chat", {**CHAT, "keep_alive": "soon"}, 400, "keep_alive")
        tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
        self.refused("/api/chat", {**CHAT, "tools": [tool]}, 400, "does not support tools")
        image = base64.b64encode(b"x").decode()
        self.refused("/api/chat", {**CHAT, "messages": [{**SAID[0], "images": [image]}]}, 400, "vision")
        self.refused("/api/embed", {"model": "tiny", "input": [1]}, 400, "input[0]")
        self.refused("/api/embed", {"model": "nope", "input": []}, 404, "model 'nope' not found")
        deep = '{"model":"tiny","messages":' + "[" * 100000
        self.assertEqual(self.post("/api/chat", deep).status, 400)

    def test_load_unload_and_ps(self):
        self.assertEqual(self.get("/api/ps").json, {"models": []})
        loaded = self.answered("/api/generate", {"model": "tiny", "keep_alive": "1h"}).json
        self.assertEqual((loaded["done_reason"], loaded["response"], loaded["done"]), ("load", "", True))
        (one,) = self.get("/api/ps").json["models"]
        self.assertEqual((one["name"], one["context_length"]), ("tiny:latest", 256))
        self.assertGreater(one["size"], 0)
        for far in (9e9, -1):
            self.answered("/api/generate", {"model": "tiny", "keep_alive": far})
            self.assertGreater(self.get("/api/ps").json["models"][0]["expires_at"], "2100")
        unloaded = self.answered("/api/chat", {"model": "tiny", "messages": [], "keep_alive": 0}).json
        self.assertEqual(unloaded["done_reason"], "unload")
        self.assertEqual(self.get("/api/ps").json, {"models": []})
        self.answered("/api/chat", {**CHAT, "keep_alive": 0})
        deadline = time.monotonic() + 10
        while self.get("/api/ps").json["models"] and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(self.get("/api/ps").json, {"models": []})

    def test_models(self):
        (one,) = self.get("/api/tags").json["models"]
        self.assertEqual((one["name"], one["model"], one["details"]["family"]), ("tiny:latest", "tiny:latest", "llama"))
        self.assertEqual((one["details"]["context_length"], one["details"]["embedding_length"]), (tiny_model.CONTEXT, tiny_model.WIDTH))
        shown = self.answered("/api/show", {"model": "tiny"}).json
        self.assertIn("FROM tiny", shown["modelfile"])
        self.assertEqual(shown["template"], self.TEMPLATE)
        self.assertRegex(shown["parameters"], r"^num_ctx {24}256$")
        self.assertEqual(shown["model_info"]["general.architecture"], "llama")
        self.assertIsNone(shown["model_info"]["tokenizer.ggml.tokens"])
        self.assertIn("tensors", self.answered("/api/show", {"name": "tiny", "verbose": True}).json)
        # Ollama's own client leaves fields empty.
        unused = {"model": "", "name": "tiny", "system": "", "template": "", "verbose": False, "options": None}
        self.assertEqual(self.answered("/api/show", unused).json, shown)
        self.assertEqual(self.answered("/api/copy", {"source": "tiny", "destination": "me/other:1"}).body, b"")
        self.refused("/api/copy", {"source": "nope", "destination": "x"}, 404, 'model "nope" not found')
        self.refused("/api/copy", {"source": "", "destination": "x"}, 400, 'source "" is invalid')
        self.assertEqual({m["name"] for m in self.get("/api/tags").json["models"]}, {"tiny:latest", "me/other:1"})
        self.assertEqual(self.server.ask("DELETE", "/api/delete", {"model": "me/other:1"}).status, 200)
        self.refused("/api/delete", {"model": "me/other:1"}, 404, "model 'me/other:1' not found", method="DELETE")
        broken = self.store / "manifests/registry.ollama.ai/library/broken/latest"
        broken.parent.mkdir(parents=True)
        broken.write_text("xx")
        self.assertIn("broken", " ".join(self.get("/api/tags").json["warnings"]))
        self.assertEqual(self.server.ask("DELETE", "/api/delete", {"model": "broken"}).status, 200)
        self.assertFalse(broken.exists())
        self.refused("/api/pull", {"model": "x"}, 501, "registries")

    def test_create(self):
        gguf = (self.folder / "tiny.gguf").read_bytes()
        digest = "sha256:" + hashlib.sha256(gguf).hexdigest()
        other = "sha256:" + "0" * 64
        self.assertEqual(self.server.ask("HEAD", f"/api/blobs/{other}").status, 404)
        self.assertEqual(self.server.ask("HEAD", f"/api/blobs/{digest}").status, 200)
        self.refused(f"/api/blobs/{other}", gguf, 400, "digest mismatch, expected " + other + ", got " + digest)
        self.refused("/api/blobs/sha256:..", b"x", 400, "invalid digest format")
        self.assertEqual(self.post(f"/api/blobs/{digest}", gguf).status, 200)
        new = b"new" + gguf
        fresh = "sha256:" + hashlib.sha256(new).hexdigest()
        self.assertEqual(self.post(f"/api/blobs/{fresh}", new).status, 201)
        body = {"model": "made", "files": {"a.gguf": digest}, "system": "S", "parameters": {"stop": ["x"], "top_k": 3}}
        lines = self.answered("/api/create", body).lines
        self.assertEqual(lines[-1], {"status": "success"})
        shown = self.answered("/api/show", {"model": "made"}).json
        self.assertEqual(shown["system"], "S")
        self.assertIn('stop                           "x"', shown["parameters"])
        self.assertEqual(self.answered("/api/create", {"model": "b", "from": "made", "stream": False}).json, {"status": "success"})
        self.assertEqual(self.answered("/api/show", {"model": "b"}).json["system"], "S")
        odd = {"parameters": {"f16_kv": True}, "messages": [{"role": "user", "content": "x", "images": ["aGk="], "colour": 1}]}
        made = self.answered("/api/create", {"model": "b", "from": "made", "stream": False, **odd}).json["warnings"]
        for word in ("f16_kv has no effect", "only role and content", 'messages[0].colour'):
            self.assertIn(word, " ".join(made))
        self.refused("/api/create", {"model": "c", "from": "made", "parameters": {"top_p": 7}}, 400, "top_p")
        self.refused("/api/create", {"model": "c", "from": "made", "template": "{{ if }}"}, 400, "template")
        self.refused("/api/create", {"model": "c", "from": "made", "requires": "new"}, 400, "semver")
        narrator = [{"role": "narrator", "content": "x"}]
        self.refused("/api/create", {"model": "c", "from": "made", "messages": narrator}, 400, "message role must be one of")
        self.refused("/api/create", {"model": "c"}, 400, "neither 'from' or 'files' was specified")
        path = str(self.folder / "tiny.gguf")
        self.refused("/api/create", {"model": "c", "from": path}, 400, "from is ", "the name of a stored model")
        self.refused("/api/create", {"model": "c", "from": "tiny.gguf"}, 400, "the name of a stored model")
        self.refused("/api/create", {"model": "c", "from": "made", "parser": "odd"}, 400, 'parser "odd"', "qwen3-coder")
        rendered = {"model": "b", "from": "made", "renderer": "qwen3-coder", "parser": "qwen3-coder", "stream": False}
        self.assertIn("cannot chat here", " ".join(self.answered("/api/create", rendered).json["warnings"]))
        self.refused("/api/create", {"model": "c", "from": "nope"}, 404, "not found")
        self.refused("/api/create", {"model": "c", "files": {}}, 400, "no files provided")
        self.refused("/api/create", {"model": "c", "files": {"../a.gguf": digest}}, 400, "file path must be relative")
        self.refused("/api/create", {"model": "c", "files": {"/etc/a.gguf": digest}}, 400, "file path must be relative")
        self.refused("/api/create", {"model": "c", "files": {"a.gguf": other}}, 404, "no blob")
        self.refused("/api/create", {"model": "c", "files": {"a.gguf": fresh}}, 400, "not a GGUF file")
        self.assertNotIn(".cria", self.refused("/api/create", {"model": "c", "files": {"a.bin": fresh}}, 400, "files"))
        # As Ollama's client sends what a Modelfile names by its blob.
        named = {"model": "made", "files": {f"sha256-{digest[7:]}": digest}, "stream": False}
        self.assertEqual(self.answered("/api/create", named).json, {"status": "success"})
        self.assertEqual({m["name"] for m in self.get("/api/tags").json["models"]}, {"tiny:latest", "made:latest", "b:latest"})
        self.assertEqual([p for p in (self.store / "blobs").iterdir() if p.name.startswith(".")], [])

    def test_tokens(self):
        told = self.answered("/api/tokenize", {"model": "tiny", "text": "Once upon"}).json["tokens"]
        back = self.answered("/api/detokenize", {"model": "tiny", "tokens": told}).json
        self.assertEqual(back["text"], "Once upon")
        self.refused("/api/detokenize", {"model": "tiny", "tokens": [1 << 40]}, 400, "tokens")
        self.refused("/api/detokenize", {"model": "tiny", "tokens": [100000]}, 400, "100000")

    def test_embeddings_of_a_model_that_writes(self):
        told = self.answered("/api/embed", {"model": "tiny", "input": ["Once", "upon a time"]}).json
        self.assertEqual(len(told["embeddings"]), 2)
        self.assertAlmostEqual(sum(x * x for x in told["embeddings"][0]), 1, places=4)
        # None, and an empty text, are none; but each of a list is one.
        for none in ({"input": []}, {"input": ""}, {}):
            self.assertEqual(self.answered("/api/embed", {"model": "tiny", **none}).json["embeddings"], [])
        self.assertEqual(len(self.answered("/api/embed", {"model": "tiny", "input": ["", "Once"]}).json["embeddings"]), 2)
        self.assertEqual(self.answered("/api/embeddings", {"model": "tiny", "prompt": ""}).json["embedding"], [])
        self.refused("/v1/embeddings", {"model": "tiny", "input": []}, 400)
        short = self.answered("/api/embed", {"model": "tiny", "input": "Once", "dimensions": 4}).json["embeddings"][0]
        self.assertAlmostEqual(sum(x * x for x in short), 1, places=4)
        self.assertEqual(len(short), 4)
        self.assertEqual(len(self.answered("/api/embeddings", {"model": "tiny", "prompt": "Once"}).json["embedding"]), 64)
        self.refused("/api/rerank", {"model": "tiny", "query": "a", "documents": ["b"]}, 400, "does not support rerank")
        for context in (0, 1):
            body = {"model": "tiny", "input": "Once upon", "options": {"num_ctx": context}}
            self.refused("/api/embed", body, 400, "input after truncation exceeds maximum context length")

    def test_same_seed_same_text_in_company(self):
        ask = {**CHAT, "stream": False, "options": {"seed": 7, "temperature": 1.5, "num_predict": 40}}
        alone = self.answered("/api/chat", ask).json["message"]["content"]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            others = [{**ask, "options": {**ask["options"], "seed": seed}} for seed in (1, 2, 3, 7, 7, 4, 5, 7)]
            told = list(pool.map(lambda body: self.answered("/api/chat", body).json["message"]["content"], others))
        self.assertEqual([told[i] for i in (3, 4, 7)], [alone] * 3)

    def test_a_client_that_goes_away_ends_its_answer(self):
        for _ in range(3):
            connection = self.server.connect()
            body = {**CHAT, "options": {"num_predict": 100000, "temperature": 0}}
            connection.request("POST", "/api/chat", json.dumps(body))
            connection.getresponse().read(10)
            connection.close()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            (one,) = self.get("/api/ps").json["models"]
            if one["in_use"] == 0:
                return
            time.sleep(0.05)
        self.fail("answers go on for nobody")

    def test_metrics(self):
        self.answered("/api/chat", CHAT)
        # A request is counted when its answer has ended, which the client may know a moment earlier.
        deadline = time.monotonic() + 10
        while 'route="/api/chat"' not in (text := self.get("/metrics").body.decode()) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertIn('cria_models_loaded 1', text)
        self.assertRegex(text, r'route="/api/chat".*\} 1')


class SafetyTests(ServerTest):
    def setUp(self):
        keys = "inference-key-0001 inference\nmanage-key-000000002 inference read manage\n"
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "keys"
        path.write_text(keys)
        path.chmod(0o600)
        self.SETTINGS = ["--set", f"api_keys={path}", "--set", "max_body=100000"]
        super().setUp()

    def asked(self, method, path, key=None, body=None, **headers):
        if key:
            headers["Authorization"] = f"Bearer {key}"
        return self.server.ask(method, path, body, headers)

    def test_keys(self):
        self.assertEqual(self.asked("GET", "/health").status, 200)
        self.assertEqual(self.asked("GET", "/api/tags").status, 401)
        self.assertEqual(self.asked("GET", "/api/tags", "inference-key-0001").status, 403)
        self.assertEqual(self.asked("GET", "/api/tags", "manage-key-000000002").status, 200)
        self.assertEqual(self.asked("POST", "/api/chat", "inference-key-0001", CHAT).status, 200)
        self.assertEqual(self.asked("DELETE", "/api/delete", "inference-key-0001", {"model": "tiny"}).status, 403)

    def test_hosts_and_origins(self):
        self.assertEqual(self.asked("GET", "/", Host="evil.example").status, 403)
        self.assertEqual(self.asked("GET", "/", Origin="https://evil.example").status, 403)
        mine = self.asked("GET", "/", Origin="http://localhost:3000")
        self.assertEqual(mine.headers["Access-Control-Allow-Origin"], "http://localhost:3000")

    def test_a_body_that_is_too_large(self):
        for path, form in (("/api/chat", '{"error":"'), ("/v1/responses", '{"error":{"message":'), ("/v1/messages", '{"type":"error",')):
            answer = self.asked("POST", path, "manage-key-000000002", "x" * 200000)
            self.assertEqual(answer.status, 413)
            self.assertTrue(answer.body.decode().startswith(form), answer)
