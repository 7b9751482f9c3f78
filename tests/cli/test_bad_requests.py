"""`cria serve`: requests that are wrong, huge or meant to harm. Each is answered with an error that says what is wrong, the server
lives on, in bounded memory, and nothing outside of its store is read or written."""

import concurrent.futures
import itertools
import json
import os
import pathlib
import re
import socket
import threading
import time

import support
from json_schema import Schemas
from server_support import ServerTest

API = json.loads((support.ROOT / "docs" / "openapi.json").read_text())
SCHEMAS = Schemas(API)
SAID = [{"role": "user", "content": "Once"}]
# The least that each route that makes something asks for.
ASKS = {
    "/api/generate": {"model": "tiny", "prompt": "Once", "stream": False},
    "/api/chat": {"model": "tiny", "messages": SAID, "stream": False},
    "/api/embed": {"model": "tiny", "input": "Once"},
    "/api/embeddings": {"model": "tiny", "prompt": "Once"},
    "/v1/chat/completions": {"model": "tiny", "messages": SAID, "max_tokens": 2},
    "/v1/completions": {"model": "tiny", "prompt": "Once", "max_tokens": 2},
    "/v1/responses": {"model": "tiny", "input": "Once", "max_output_tokens": 2},
    "/v1/embeddings": {"model": "tiny", "input": "Once"},
    "/v1/messages": {"model": "tiny", "messages": SAID, "max_tokens": 2},
}
DIALECTS = ("/api/chat", "/v1/chat/completions", "/v1/messages")
NUMBERS = ("num_keep", "seed", "num_predict", "top_k", "top_p", "min_p", "typical_p", "repeat_last_n", "temperature", "repeat_penalty",
           "presence_penalty", "frequency_penalty", "mirostat_tau", "num_ctx", "num_batch", "num_thread", "dry_allowed_length")  # fmt: skip
ODD = ("-1", "-5", "0.5", "1e308", "-1e308", "2147483648", "9223372036854775807", "9223372036854775808", "18446744073709551616",
       "1e400", "NaN", "Infinity", '"x"', '"NaN"', "true", "[]", "{}")  # fmt: skip
NAMES = ("../../etc/passwd", "..", ".", "a/../b", "a//b", "/etc/passwd", "~/x", "a\0b", "a%2e%2e%2fb", "x" * 300, "a:b:c", "a/b/c/d", " ",
         "a b", "a\nb", "@sha256:" + "0" * 64, "@sha256-" + "0" * 64, "a\\b", "\u202ea", "host:99999999/a/b")  # fmt: skip
DIGESTS = ("sha256:..", "sha256:" + "0" * 63, "sha256:" + "0" * 65, "sha256:" + "g" * 64, "sha512:" + "0" * 64, "0" * 64, "sha256",
           "sha256:../../../etc/passwd", "sha256-../" + "0" * 61, "sha256:" + "0" * 64 + "/..", "sha256:%00" + "0" * 61)  # fmt: skip


class BadRequests(ServerTest):
    def setUp(self):
        super().setUp()
        self.outside = self.folder / "outside"
        self.outside.write_text("secret")
        self.before = self.stored()

    def tearDown(self):
        self.assertEqual(self.get("/health").status, 200)
        self.assertEqual(self.stored(), self.before)
        self.assertEqual(self.outside.read_text(), "secret")

    def stored(self):
        return sorted(str(path.relative_to(self.store)) for path in self.store.rglob("*"))

    def memory(self):
        """The most that the server ever had, in bytes."""
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024

    def told(self, path, answer):
        """An error's text, in its dialect."""
        error = answer.json["error"]
        if path.startswith("/v1/messages"):
            self.assertEqual(answer.json["type"], "error", answer)
        if path.startswith("/v1"):
            self.assertTrue(error["type"], answer)
            error = error["message"]
        self.assertNotIn(str(self.folder), answer.body.decode())
        self.assertTrue(error)
        return error

    def wrong(self, path, body, method="POST"):
        """Refused, and told why."""
        answer = self.server.ask(method, path, body)
        self.assertIn(answer.status, (400, 404), f"{path} {str(body)[:200]}: {answer}")
        return self.told(path, answer)

    def answers(self, path, body):
        """Answered or refused, but nothing worse."""
        answer = self.post(path, body)
        self.assertIn(answer.status, (200, 400), f"{path} {str(body)[:200]}: {answer}")
        return self.told(path, answer) if answer.status == 400 else ""

    def raw(self, data, seconds=5):
        """What is answered to these bytes until the server is silent for a moment, or closes."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=seconds) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            answer = b""
            try:
                while piece := connection.recv(65536):
                    answer += piece
            except OSError:
                pass
        return answer

    def test_options_out_of_range(self):
        never = ODD[ODD.index("1e400") :]
        for name, value in itertools.product(NUMBERS, ODD):
            few = {} if name == "num_predict" else {"num_predict": 1}
            # A full context ends an answer that nothing else limits.
            body = json.dumps({**ASKS["/api/generate"], "shift": False, "options": {**few, name: "@"}}).replace('"@"', value)
            message = self.answers("/api/generate", body)
            self.assertTrue(message or value not in never, body)
        for value in ("2147483648", "-2", "1e308", '"x"'):
            body = json.dumps({**ASKS["/v1/chat/completions"], "top_k": "@"}).replace('"@"', value)
            self.answers("/v1/chat/completions", body)
            self.answers("/v1/messages", json.dumps({**ASKS["/v1/messages"], "options": {"top_k": "@"}}).replace('"@"', value))
        self.assertIn("num_ctx", self.wrong("/api/generate", {**ASKS["/api/generate"], "options": {"num_ctx": -1}}))

    def test_keep_alive_and_biases_out_of_range(self):
        for value in ("1e30", "-1e300", "NaN", "1e400", '"1e30h"', '"99999999999999h"', '"-"', '"5 minutes"', "[]", "true", '""'):
            body = json.dumps({**ASKS["/api/generate"], "keep_alive": "@", "options": {"num_predict": 1}}).replace('"@"', value)
            self.answers("/api/generate", body)
        for bias in ({"-1": 1}, {"99999999999999": 1}, {"1000000": 1}, {"x": 1}, {"1": 1e9}, {"1": "x"}, [1], {"": 1}):
            self.assertIn("logit_bias", self.wrong("/v1/chat/completions", {**ASKS["/v1/chat/completions"], "logit_bias": bias}))

    def test_every_field_of_another_type(self):
        for path, least in ASKS.items():
            schema = API["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
            for name in SCHEMAS.at(schema["$ref"])["properties"]:
                for value in (-7, 1.5, "\u0000", [[]], {"x": {"y": []}}, False, [None], 2**70):
                    few = {"options": {"num_predict": 1}} if name != "options" else {}
                    message = self.answers(path, {**few, **least, name: value})
                    if name in ("model", "messages") and value != "\u0000":
                        self.assertIn(name, message)

    def test_what_is_no_json(self):
        for path in ASKS:
            for body in (b"", b" ", b"{", b'{"model": "tiny"', b"[]", b"5", b"null", b'"x"', b"\xff\xfe", b'{"model": "\xff"}', b'{"a":1}}',
                         b"{'model': 'tiny'}", b'{"model": NaN}', b"[" * 100000, b'{"a":' * 100000, b'{"a":' + b"1" * 100000 + b"}"):  # fmt: skip
                self.wrong(path, body)
        many = "{" + ",".join(f'"a{i}":1' for i in range(5000)) + "}"
        self.assertIn("4096 members", self.wrong("/api/chat", many))
        # Of a name that is there twice the last one counts.
        self.assertIn("nope", self.wrong("/api/chat", '{"model": "tiny", "model": "nope", "messages": []}'))

    def test_errors_are_told_in_the_dialect(self):
        for path in DIALECTS:
            limit = 128 << 20
            head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {1 << 30}\r\n\r\n"
            for data in (head, head.replace(str(1 << 30), str(limit + 1))):
                status, _, body = self.raw(data.encode()).partition(b"\r\n\r\n")
                self.assertIn(b" 413 ", status)
                self.assertIn(str(limit).encode(), body)
                self.assertEqual(b'"type"' in body, path.startswith("/v1"))
        for path, status in (("/v1/nothing", 404), ("/v1/messages/nothing", 404), ("/api/nothing", 404)):
            answer = self.post(path, {})
            self.assertEqual(answer.status, status)
            self.told(path, answer)
        for path in DIALECTS:
            answer = self.get(path)
            self.assertEqual((answer.status, answer.headers["Allow"]), (405, "POST"))
            self.told(path, answer)
            answer = self.server.ask("POST", path, {}, {"Host": "evil.example"})
            self.assertEqual(answer.status, 403)
            self.told(path, answer)
        field = self.post("/v1/chat/completions", {**ASKS["/v1/chat/completions"], "temperature": 7}).json["error"]["param"]
        self.assertEqual(field, "temperature")

    def test_bodies_without_end(self):
        before = self.memory()
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=60) as connection:
            connection.sendall(b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
            chunk = b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"
            with self.assertRaises(OSError):
                for _ in range(1000):
                    connection.sendall(chunk)
        self.assertLess(self.memory() - before, 400 << 20)

    def test_heads_that_are_none(self):
        host = b"Host: localhost\r\n"
        for data in (
            b"GET / HTTP/1.1\r\n\r\n",  # no host
            b"\0\0\0\0\r\n\r\n",
            b"GET /\r\n\r\n" * 3,
            b"GET " + b"/" * 100000 + b" HTTP/1.1\r\n" + host + b"\r\n",
            b"GET / HTTP/1.1\r\n" + host + b"X: y\r\n" * 100000 + b"\r\n",
            b"GET / HTTP/1.1\r\n" + host + b"X: " + b"y" * 1000000 + b"\r\n\r\n",
            b"POST /api/chat HTTP/1.1\r\n" + host + b"Content-Length: -1\r\n\r\n{}",
            b"POST /api/chat HTTP/1.1\r\n" + host + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
            b"POST /api/chat HTTP/1.1\r\n" + host + b"Content-Length: x\r\n\r\n{}",
            b"POST /api/chat HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffffff\r\n{}",
            b"POST /api/chat HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n{}",
        ):
            answer = self.raw(data)
            self.assertNotIn(b"HTTP/1.1 200", answer, data[:100])
            self.assertEqual(self.get("/health").status, 200)

    def test_no_request_is_smuggled_in_another(self):
        inner = b"GET /api/version HTTP/1.1\r\nHost: localhost\r\n\r\n"
        head = b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\n"
        length = b"Content-Length: %d\r\n"
        for headers in (
            length % 2 + length % (len(inner) + 2),
            length % (len(inner) + 2) + b"Transfer-Encoding: chunked\r\n",
            b"Transfer-Encoding: chunked\r\n" + length % 0,
        ):
            for body in (b"{}" + inner, b"0\r\n\r\n" + inner):
                answers = self.raw(head + headers + b"\r\n" + body)
                self.assertNotIn(b'"version"', answers, headers)

    def test_names_that_lead_elsewhere(self):
        for name in NAMES:
            self.wrong("/api/show", {"model": name})
            self.wrong("/api/delete", {"model": name}, method="DELETE")
            self.wrong("/api/copy", {"source": name, "destination": "x"})
            self.wrong("/api/copy", {"source": "tiny", "destination": name})
            self.wrong("/api/create", {"model": name, "from": "tiny"})
            self.wrong("/api/create", {"model": "x", "from": name})
            for path, body in ASKS.items():
                self.wrong(path, {**body, "model": name})
        for path in ("/v1/models/../../../etc/passwd", "/v1/models/%2e%2e%2f%2e%2e", "/v1/models/a%00b", "/v1/models//"):
            self.assertIn(self.get(path).status, (400, 404), path)
        # The same for a file that is there and one that is not: no oracle.
        there = self.wrong("/api/create", {"model": "x", "from": str(self.outside)})
        absent = self.wrong("/api/create", {"model": "x", "from": str(self.outside) + "x"})
        self.assertEqual(there.replace("outside", ""), absent.replace("outsidex", ""))

    def test_digests_that_lead_elsewhere(self):
        for digest in DIGESTS:
            for method in ("HEAD", "POST"):
                answer = self.server.ask(method, f"/api/blobs/{digest}", b"x" if method == "POST" else None)
                self.assertIn(answer.status, (400, 404), digest)
            self.wrong("/api/create", {"model": "x", "files": {"a.gguf": digest}})
            self.wrong("/api/create", {"model": "x", "from": "tiny", "adapters": {"a.gguf": digest}})
        self.wrong("/api/blobs/sha256:" + "0" * 64, b"another content")
        blob = next(iter((self.store / "blobs").iterdir())).name.replace("sha256-", "sha256:")
        for name in ("../x.gguf", "/x.gguf", "a/../../x.gguf", "", ".", "a\0.gguf", "a\nb", "x" * 300, "a\\b"):
            self.wrong("/api/create", {"model": "x", "files": {name: blob}})

    def test_no_file_of_this_machine_is_a_model(self):
        os.mkfifo(self.folder / "fifo")
        (self.folder / "tiny:latest").write_text("is no model")  # the server's working folder is this one
        (self.folder / "tiny").mkdir()
        for source in ("/dev/random", "/dev/zero", "/proc/self/mem", "/proc/self/environ", str(self.folder / "fifo"), "./tiny.gguf",
                       "tiny.gguf", str(self.folder / "tiny.gguf"), "~/.ssh", str(self.store), "fifo", "outside"):  # fmt: skip
            message = self.wrong("/api/create", {"model": "x", "from": source})
            self.assertRegex(message, "from is .*name of a stored model|not found")
        self.assertEqual(self.post("/api/create", {"model": "x", "from": "tiny", "stream": False}).status, 200)
        self.assertEqual(self.server.ask("DELETE", "/api/delete", {"model": "x"}).status, 200)

    def test_nothing_is_fetched(self):
        called = []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(0.5)

            def listen():
                try:
                    listener.accept()
                    called.append(True)
                except OSError:
                    pass

            thread = threading.Thread(target=listen)
            thread.start()
            port = listener.getsockname()[1]
            for url in (f"http://127.0.0.1:{port}/a.png", f"https://127.0.0.1:{port}/a.png", f"ftp://127.0.0.1:{port}/a",
                        "file:///etc/passwd", f"//127.0.0.1:{port}/a", "/etc/passwd", "data:image/png,x", "data:text/html;base64,eA=="):  # fmt: skip
                picture = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]
                self.assertIn("messages[0].content[0].image_url.url", self.wrong("/v1/chat/completions", {"model": "tiny", "messages": picture}))
                picture = [{"role": "user", "content": [{"type": "input_image", "image_url": url}]}]
                self.assertIn("image_url", self.wrong("/v1/responses", {"model": "tiny", "input": picture}))
                picture = [{"role": "user", "content": [{"type": "image", "source": {"type": "url", "url": url}}]}]
                self.assertIn("url", self.wrong("/v1/messages", {"model": "tiny", "max_tokens": 1, "messages": picture}))
                self.wrong("/api/chat", {"model": "tiny", "messages": [{"role": "user", "content": "x", "images": [url]}]})
            self.wrong("/api/create", {"model": "x", "from": "tiny", "remote_host": f"http://127.0.0.1:{port}"})
            self.wrong("/api/create", {"model": "x", "from": f"127.0.0.1:{port}/a/b"})
            thread.join()
        self.assertEqual(called, [])

    def test_texts_that_are_odd(self):
        for text in ("\0", "\ud800", "a\u0300" * 5000, "<|im_end|>" * 500, "x" * 300000, "\u202e" * 1000, " " * 100000):
            self.answers("/api/generate", {**ASKS["/api/generate"], "prompt": text, "options": {"num_predict": 1}})
            self.answers("/api/embed", {**ASKS["/api/embed"], "input": text})
            self.answers("/api/tokenize", {"model": "tiny", "text": text})

    def test_clients_that_go_away_in_masses(self):
        body = json.dumps({**ASKS["/api/generate"], "stream": True, "options": {"num_predict": 100000, "temperature": 0}})

        def leave(read):
            connection = self.server.connect()
            connection.request("POST", "/api/generate", body)
            if read:
                connection.getresponse().read(1)
            connection.close()

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(leave, [i % 2 == 0 for i in range(48)]))
        deadline = time.monotonic() + 60
        while (models := self.get("/api/ps").json["models"]) and models[0]["in_use"] and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(models[0]["in_use"], 0)
        self.assertEqual(self.post("/api/generate", {**ASKS["/api/generate"], "options": {"num_predict": 1}}).status, 200)


class Overflow(ServerTest):
    SETTINGS = ["--set", "max_queue=1", "--set", "num_parallel=1"]

    def test_too_many_are_told_to_come_again(self):
        """In their dialect, and later there is room again."""
        bodies = {path: {**ASKS[path], "options": {"num_predict": 200, "temperature": 0}} for path in DIALECTS}
        for path in DIALECTS[1:]:
            bodies[path].update({"max_tokens": 200})
        paths = [DIALECTS[i % 3] for i in range(48)]
        with concurrent.futures.ThreadPoolExecutor(48) as pool:
            told = list(pool.map(lambda path: (path, self.post(path, bodies[path])), paths))
        self.assertTrue({answer.status for _, answer in told} <= {200, 503})
        refused = [(path, answer) for path, answer in told if answer.status == 503]
        self.assertTrue(refused)
        for path, answer in refused:
            self.assertEqual(answer.headers["Retry-After"], "1")
            error = answer.json["error"]
            self.assertIn("busy" if path.startswith("/api") else "message", error)
        self.assertEqual(self.post("/api/chat", bodies["/api/chat"]).status, 200)
