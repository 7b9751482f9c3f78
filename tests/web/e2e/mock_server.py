"""A small server with the API that the page talks to, whose answers a test decides. It serves the page's files with its policy."""

import http.server
import json
import pathlib
import select
import socket
import threading

ROOT = pathlib.Path(__file__).resolve().parents[3]
PAGE = ROOT / "web"
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".mjs": "text/javascript", ".svg": "image/svg+xml"}
POLICY = (PAGE / "content_security_policy.txt").read_text().strip()

FINAL = {"done": True, "done_reason": "stop", "total_duration": 2_500_000_000, "load_duration": 400_000_000,
         "prompt_eval_count": 31, "prompt_eval_duration": 100_000_000, "eval_count": 48, "eval_duration": 2_000_000_000}


def model(name, *capabilities):
    return {"name": name, "model": name, "size": 271_000_000, "details": {"parameter_size": "134.52M", "quantization_level": "Q8_0"},
            "capabilities": ["completion", *capabilities]}


class Reply:
    """An answer: texts (and thinking) one object each. With `holds`, the rest waits for release() after the first `holds` objects."""

    def __init__(self, *texts, thinking=(), holds=None, status=200, error=None, breaks=False, headers=(), final=FINAL):
        self.objects = [{"message": {"role": "assistant", "content": "", "thinking": text}, "done": False} for text in thinking]
        self.objects += [{"message": {"role": "assistant", "content": text}, "done": False} for text in texts]
        self.holds, self.status, self.error, self.breaks, self.headers, self.final = holds, status, error, breaks, headers, final
        self.aborted = threading.Event()
        self._released = threading.Event()
        if holds is None:
            self._released.set()

    def release(self):
        self._released.set()

    def wait(self, connection):
        """Waits for release; false if the client has gone meanwhile."""
        while not self._released.wait(0.02):
            if select.select([connection], [], [], 0)[0] and not connection.recv(1, socket.MSG_PEEK):
                self.aborted.set()
                return False
        return True


class MockServer:
    def __init__(self):
        self.models = [model("smollm2:135m"), model("qwen3:0.6b", "thinking"), model("gemma3:4b", "vision")]
        self.loaded = []
        self.key = None
        self.replies = []
        self.requests = []  # bodies of /api/chat
        self.address = ("127.0.0.1", 0)
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.address[1]}/"

    def start(self):
        handler = type("Handler", (_Handler,), {"mock": self})
        self._server = http.server.ThreadingHTTPServer(self.address, handler)
        self._server.daemon_threads = True
        self.address = self._server.server_address
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def reply(self, *texts, **options):
        self.replies.append(Reply(*texts, **options))
        return self.replies[-1]


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    mock = None

    def log_message(self, *_):
        pass

    def end_headers(self):
        self.send_header("Connection", "close")  # a stopped server answers nobody
        super().end_headers()

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path.startswith("/api/"):
            self._api(path)
        else:
            self._file("index.html" if path == "/" else path.removeprefix("/web/"))

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        self._api(self.path, json.loads(self.rfile.read(length) or b"{}"))

    def _file(self, name):
        path = (PAGE / name).resolve()
        if PAGE not in path.parents or not path.is_file() or path.suffix not in TYPES:
            return self._send(404, b"not found", "text/plain")
        self._send(200, path.read_bytes(), TYPES[path.suffix], [("Content-Security-Policy", POLICY)])

    def _api(self, path, body=None):
        mock = self.mock
        if mock.key and self.headers.get("Authorization") != f"Bearer {mock.key}":
            return self._json({"error": "an API key is needed"}, 401)
        if path == "/api/version":
            return self._json({"version": "0.1.0"})
        if path == "/api/tags":
            return self._json({"models": mock.models})
        if path == "/api/ps":
            return self._json({"models": [{"name": name} for name in mock.loaded]})
        if path == "/api/show":
            found = [each for each in mock.models if each["name"] == body["model"]]
            return self._json(found[0] if found else {"error": "not found"}, 200 if found else 404)
        if path == "/api/chat":
            mock.requests.append(body)
            return self._chat(mock.replies.pop(0) if mock.replies else Reply(f"You said: {body['messages'][-1]['content']}"), body)
        self._json({"error": "not found"}, 404)

    def _chat(self, reply, body):
        if reply.status != 200:
            return self._json({"error": reply.error}, reply.status, reply.headers)
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for index, value in enumerate(reply.objects):
                if index == reply.holds and not reply.wait(self.connection):
                    return self._hang_up()
                self._chunk({"model": body["model"], **value})
            if reply.holds is not None and reply.holds >= len(reply.objects) and not reply.wait(self.connection):
                return self._hang_up()
            if reply.breaks:
                return self._hang_up()
            if reply.error:
                self._chunk({"error": reply.error})
            else:
                self._chunk({"model": body["model"], "message": {"role": "assistant", "content": ""}, **reply.final})
            self.wfile.write(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            reply.aborted.set()

    def _chunk(self, value):
        line = json.dumps(value, ensure_ascii=False).encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))

    def _hang_up(self):
        self.close_connection = True

    def _json(self, value, status=200, headers=()):
        self._send(status, json.dumps(value).encode(), "application/json", headers)

    def _send(self, status, content, kind, headers=()):
        self.send_response(status)
        for name, value in [("Content-Type", kind), ("Content-Length", str(len(content))), *headers]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
