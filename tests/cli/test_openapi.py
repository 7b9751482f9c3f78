"""docs/openapi.json: every route of the server is in it, and what the server answers is as it says."""

import hashlib
import json
import pathlib
import re
import tempfile

import support
import tiny_ranker
from json_schema import Schemas
from server_support import ServerTest

API = json.loads((support.ROOT / "docs" / "openapi.json").read_text())
SCHEMAS = Schemas(API)
METHODS = {"get", "head", "post", "delete"}
MISSING = "f" * 64
DONE = {"$ref": "#/components/responses/Done"}

CHATS = """{{ range .Messages }}{{ .Role }}: {{ .Content }}{{ range .ToolCalls }}
<tool_call>{"name": "{{ .Function.Name }}", "arguments": {{ .Function.Arguments }}}</tool_call>{{ end }}
{{ end }}{{ if .Tools }}Tools: {{ .Tools }}{{ end }}Once upon a time, there"""
THINKS = "{{ range .Messages }}{{ .Role }}: {{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}{{ end }}<think>\n"
FEW = {"num_predict": 5, "temperature": 0}
SAID = [{"role": "user", "content": "Tell me"}]
SCHEMA = {"type": "object", "properties": {"n": {"enum": [1, 2]}}, "required": ["n"], "additionalProperties": False}
TOOL = {"type": "function", "function": {"name": "count", "description": "Counts", "parameters": SCHEMA}}
CALLED = {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "count", "arguments": {"n": 1}}}]}
CALL = r'regex:<tool_call>\{"name": "count", "arguments": \{"n": 1\}\}</tool_call>'
RESPONSE_TOOL = {"type": "function", "name": "count", "parameters": SCHEMA}
ANTHROPIC_TOOL = {"name": "count", "input_schema": SCHEMA}

# A body for every kind of answer that a route has.
ASKED = {
    "/api/generate": [
        {"model": "tiny"},
        {"model": "tiny", "prompt": "Once", "options": FEW, "colour": "red"},
        {"model": "tiny", "prompt": "Once", "options": FEW, "stream": False, "logprobs": True, "top_logprobs": 2},
        {"model": "tiny", "prompt": "Once", "_debug_render_only": True},
        {"model": "thinks", "prompt": "Once", "options": FEW, "stream": False},
        {"model": "tiny", "keep_alive": 0},
    ],
    "/api/chat": [
        {"model": "chats", "messages": SAID, "options": FEW, "think": False, "keep_alive": "1m"},
        {"model": "chats", "messages": [*SAID, CALLED, {"role": "tool", "content": "1", "tool_name": "count"}], "options": FEW},
        {"model": "chats", "messages": SAID, "options": FEW, "stream": False, "logprobs": True, "top_logprobs": 2},
        {"model": "chats", "messages": SAID, "tools": [TOOL], "format": CALL, "stream": False},
        {"model": "chats", "messages": SAID, "format": SCHEMA, "stream": False},
        {"model": "chats", "messages": SAID, "_debug_render_only": True},
        {"model": "thinks", "messages": SAID, "options": FEW, "think": "low"},
        {"model": "chats", "messages": [], "keep_alive": 0},
    ],
    "/api/embed": [{"model": "tiny", "input": ["Once", "upon"], "dimensions": 4}, {"model": "tiny", "input": []}],
    "/api/embeddings": [{"model": "tiny", "prompt": "Once"}, {"model": "tiny", "prompt": ""}],
    "/api/rerank": [{"model": "ranker", "query": "a", "documents": ["b", "c"], "top_n": 1, "return_documents": True}],
    "/api/tokenize": [{"model": "tiny", "text": "Once upon"}],
    "/api/detokenize": [{"model": "tiny", "tokens": [300, 301], "colour": "red"}],
    "/api/show": [{"model": "made"}, {"model": "made", "verbose": True, "colour": "red"}],
    "/api/create": [
        {"model": "made", "from": "tiny", "system": "S", "parameters": {"stop": ["x"]}, "messages": SAID},
        {"model": "made2", "from": "tiny", "license": ["L"], "stream": False},
    ],
    "/api/copy": [{"source": "made2", "destination": "made4", "colour": "red"}, {"source": "made2", "destination": "made3"}],
    "/api/delete": [{"model": "made4", "colour": "red"}, {"model": "made3"}],
    "/v1/chat/completions": [
        {"model": "chats", "messages": SAID, "max_tokens": 5, "n": 2, "logprobs": True, "top_logprobs": 1, "colour": "red"},
        {"model": "chats", "messages": SAID, "max_tokens": 5, "stream": True, "stream_options": {"include_usage": True}},
        {"model": "chats", "messages": SAID, "max_tokens": 5, "stream": True, "logprobs": True},
        {"model": "chats", "messages": SAID, "tools": [TOOL], "tool_choice": "required"},
        {"model": "chats", "messages": SAID, "tools": [TOOL], "tool_choice": "required", "stream": True},
        {"model": "thinks", "messages": SAID, "max_tokens": 5, "stream": True},
        {"model": "thinks", "messages": SAID, "max_tokens": 5},
    ],
    "/v1/completions": [
        {"model": "tiny", "prompt": ["Once", "upon"], "max_tokens": 5, "echo": True},
        {"model": "tiny", "prompt": "Once", "max_tokens": 5, "logprobs": 2},
        {"model": "tiny", "prompt": "Once", "max_tokens": 5, "logprobs": 2, "stream": True, "colour": "red"},
    ],
    "/v1/responses": [
        {"model": "chats", "input": "Tell me", "max_output_tokens": 5, "top_logprobs": 2},
        {"model": "chats", "input": SAID, "max_output_tokens": 5, "stream": True, "colour": "red"},
        {"model": "chats", "input": SAID, "tools": [RESPONSE_TOOL], "tool_choice": "required", "stream": True},
        {"model": "thinks", "input": SAID, "max_output_tokens": 5, "stream": True},
    ],
    "/v1/embeddings": [
        {"model": "tiny", "input": ["Once", "upon"], "dimensions": 4},
        {"model": "tiny", "input": "Once", "encoding_format": "base64", "colour": "red"},
    ],
    "/v1/rerank": [
        {"model": "ranker", "query": "a", "documents": ["b", {"text": "c"}]},
        {"model": "ranker", "query": "a", "documents": ["b"], "return_documents": False, "colour": "red"},
    ],
    "/v1/messages": [
        {"model": "chats", "max_tokens": 5, "messages": SAID, "colour": "red"},
        {"model": "chats", "max_tokens": 5, "messages": SAID, "stream": True, "colour": "red"},
        {"model": "chats", "max_tokens": 99, "messages": SAID, "tools": [ANTHROPIC_TOOL], "tool_choice": {"type": "any"}},
        {"model": "chats", "max_tokens": 99, "messages": SAID, "tools": [ANTHROPIC_TOOL], "tool_choice": {"type": "any"}, "stream": True},
        {"model": "thinks", "max_tokens": 5, "messages": SAID, "stream": True},
        {"model": "thinks", "max_tokens": 5, "messages": SAID},
    ],
    "/v1/messages/count_tokens": [{"model": "chats", "messages": SAID}],
}  # fmt: skip


def operations():
    return {(method.upper(), path) for path, item in API["paths"].items() for method in item if method in METHODS}


def routes_in_sources():
    """But for the page's files, whose paths are made when the program is built."""
    found = {("GET", "/")}
    for file in sorted((support.ROOT / "src" / "server").rglob("*.cpp")):
        if file.name.endswith("_test.cpp"):
            continue
        text = file.read_text()
        found |= set(re.findall(r'"(GET|HEAD|POST|DELETE|PUT|PATCH)", "(/[^"]*)"', text))
        found |= {("POST", path) for path in re.findall(r'route\("(/[^"]*)"', text)}
    return {(method, re.sub(r"[:*](\w+)", r"{\1}", path)) for method, path in found}


class ApiTest(ServerTest):
    def assert_fits(self, schema, value, where):
        self.assertEqual(SCHEMAS.problems(schema, value), [], where)

    def described(self, operation, status):
        """Of an answer: its media types."""
        answers = operation["responses"]
        answer = answers.get(str(status)) or answers["default"]
        return (SCHEMAS.at(answer["$ref"]) if "$ref" in answer else answer).get("content", {})

    def ask_head(self, method, _, path, headers=None):
        """An answer without a body, also of errors."""
        return self.server.ask(method, path, None, headers)

    def check(self, method, pattern, body=None, path=None, headers=None):
        """Asks, and checks question and answer against the file."""
        operation = API["paths"][pattern][method.lower()]
        where = f"{method} {pattern} {body if not isinstance(body, bytes) else '...'}"
        if isinstance(body, dict):
            self.assert_fits(operation["requestBody"]["content"]["application/json"]["schema"], body, where)
        answer = self.server.ask(method, path or pattern, body, headers)
        types = self.described(operation, answer.status)
        where = f"{where}: {answer}"
        is_silent = not answer.body and operation["responses"].get(str(answer.status)) == DONE
        if not types or is_silent:
            self.assertEqual(answer.body, b"", where)
            return answer
        kind = answer.headers["Content-Type"].split(";")[0]
        self.assertIn(kind, types, where)
        values = {
            "application/json": lambda: [answer.json],
            "application/x-ndjson": lambda: answer.lines,
            "text/event-stream": lambda: [json.loads(data) for data in answer.events if data != "[DONE]"],
        }.get(kind, lambda: [answer.body.decode()])()
        self.assertTrue(values, where)
        for value in values:
            self.assert_fits(types[kind]["schema"], value, where)
        return answer


class OpenApiTests(ApiTest):
    def create(self, name, source, template):
        file = self.folder / "Modelfile"
        file.write_text(f'FROM {source}\nTEMPLATE """{template}"""\nPARAMETER num_ctx 256\n')
        self.succeed("create", name, "-f", file, env=self.env)

    def setUp(self):
        super().setUp()
        self.create("chats", "tiny", CHATS)
        self.create("thinks", "tiny", THINKS)
        ranker = self.folder / "ranker.gguf"
        ranker.write_bytes(tiny_ranker.content())
        (self.folder / "Modelfile").write_text(f"FROM {ranker}\n")
        self.succeed("create", "ranker", "-f", self.folder / "Modelfile", env=self.env)

    def test_the_routes_are_those_of_the_server(self):
        self.assertEqual(operations(), routes_in_sources())
        for path, item in API["paths"].items():
            answer = self.server.ask("PATCH", path.replace("{", "").replace("}", ""))
            self.assertEqual(answer.status, 405, path)
            self.assertEqual(set(answer.headers["Allow"].split(", ")), {m.upper() for m in item if m in METHODS}, path)

    def test_every_answer_is_as_it_says(self):
        asked = set()

        def ask(method, pattern, *more, status=200, **named):
            answer = self.check(method, pattern, *more, **named)
            self.assertEqual(answer.status, status, f"{pattern}: {answer}")
            asked.add((method, pattern))
            return answer

        content = b"new"
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        for path, kind in [("/", "text/plain"), ("/", "text/html")]:
            ask("GET", path, headers={"Accept": kind})
        for path in ("/health", "/metrics", "/api/version", "/api/status"):
            ask("GET", path)
        # Of a model that others need, first.
        for path in ("/api/create", *ASKED):
            method = "DELETE" if path == "/api/delete" else "POST"
            for body in ASKED[path]:
                ask(method, path, body)
        ask("POST", "/api/generate", {"model": "tiny", "keep_alive": -1})
        for path in ("/api/tags", "/api/ps", "/v1/models"):
            ask("GET", path)
        self.assertTrue(self.get("/api/ps").json["models"])
        ask("GET", "/v1/models/{model}", path="/v1/models/tiny")
        blob = "/api/blobs/{digest}"
        ask("HEAD", blob, path=f"/api/blobs/sha256:{MISSING}", status=404)
        ask("POST", blob, content, path=f"/api/blobs/{digest}", status=201)
        ask("POST", blob, content, path=f"/api/blobs/{digest}")
        ask("HEAD", blob, path=f"/api/blobs/{digest}")
        for method, path in sorted(operations() - asked):
            ask(method, path, status=501)
            self.assertEqual(API["paths"][path][method.lower()]["tags"], ["missing"])
        self.assertEqual(asked, operations())

    def test_answers_that_the_table_is_to_bring_forth(self):
        """What was asked for so that there would be such an answer came up in it."""
        call = self.answered("/api/chat", ASKED["/api/chat"][3]).json["message"]["tool_calls"]
        self.assertEqual(call[0]["function"]["arguments"], {"n": 1})
        thought = self.answered("/api/chat", {**ASKED["/api/chat"][6], "stream": False}).json["message"]
        self.assertTrue(thought["thinking"])
        for path in ("/v1/chat/completions", "/v1/responses", "/v1/messages"):
            told = " ".join(self.answered(path, body).body.decode() for body in ASKED[path])
            for word in ('"name":"count"', '"warnings":'):
                self.assertIn(word, told, path)
            self.assertRegex(told, '"(thinking|reasoning|reasoning_summary)[a-z_]*":', path)

    def test_errors(self):
        for path, bodies in ASKED.items():
            method = "DELETE" if path == "/api/delete" else "POST"
            self.assertEqual(self.check(method, path, b"{").status, 400, path)
            field = next((name for name in ("model", "source") if name in bodies[0]))
            if path != "/api/create":
                self.assertEqual(self.check(method, path, {**bodies[-1], field: "nope"}).status, 404, path)
        unknown = self.check("GET", "/v1/models/{model}", path="/v1/models/nope")
        self.assertEqual((unknown.status, unknown.json["error"]["message"]), (404, "model 'nope' not found"))
        self.assertEqual(self.check("POST", "/api/blobs/{digest}", b"x", path=f"/api/blobs/sha256:{MISSING}").status, 400)

    def test_the_server_knows_every_field_of_requests(self):
        """Null is as if a field were not there, but it is read."""
        self.answered("/api/create", ASKED["/api/create"][0])
        for path, item in API["paths"].items():
            for method, operation in item.items():
                schema = (operation.get("requestBody", {}) if method in METHODS else {}).get("content", {}).get("application/json", {}).get("schema")
                if not schema:
                    continue
                body = ASKED[path][-1] if path not in ("/api/generate", "/api/chat") else ASKED[path][1]
                nulls = dict.fromkeys(SCHEMAS.at(schema["$ref"])["properties"])
                known = {name: value for name, value in body.items() if name != "colour"}
                answer = self.server.ask(method.upper(), path, {**nulls, **known, "colour": "red"})
                text = answer.body.decode()
                self.assertNotIn("unknown field", text.replace('unknown field \\"colour\\"', ""), path)
                if path not in ("/api/copy", "/api/delete"):  # these models are not there
                    self.assertIn("colour", text, path)


class ScopeTests(ApiTest):
    KEYS = {scope: f"{scope}-0123456789abcdef" for scope in ("inference", "read", "manage")}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "keys"
        path.write_text("".join(f"{key} {scope}\n" for scope, key in self.KEYS.items()))
        path.chmod(0o600)
        self.SETTINGS = ["--set", f"api_keys={path}"]
        super().setUp()

    def test_tags_are_scopes(self):
        for method, pattern in sorted(operations()):
            (tag,) = API["paths"][pattern][method.lower()]["tags"]
            path = re.sub(r"\{\w+\}", "x", pattern)

            def status(**headers):
                ask = self.check if method != "HEAD" else self.ask_head
                return ask(method, pattern, path=path, headers=headers).status

            if tag == "server":
                self.assertEqual(status(), 200, pattern)
                continue
            self.assertEqual(status(), 401, pattern)
            told = {scope: status(Authorization=f"Bearer {key}") for scope, key in self.KEYS.items()}
            good = [scope for scope, is_now in told.items() if is_now != 403]
            self.assertEqual(len(good), 1, pattern)
            self.assertNotEqual(told[good[0]], 401)
            if tag != "missing":
                self.assertEqual(good, [tag], pattern)
            self.assertNotIn(status(**{"X-Api-Key": self.KEYS[good[0]]}), (401, 403), pattern)
