"""A server that speaks as much of Ollama's API as the commands use, and remembers what it was asked."""

import contextlib
import http.server
import json
import threading
import time

SHOW = {
    "license": "Do as you like.\n",
    "modelfile": "FROM talker\n",
    "parameters": "temperature                    0.5",
    "template": "{{ .Prompt }}",
    "system": "Be kind.",
    "details": {"family": "llama", "parameter_size": "1M", "quantization_level": "Q8_0"},
    "model_info": {"general.architecture": "llama", "llama.context_length": 2048, "llama.embedding_length": 64},
    "capabilities": ["completion"],
}
DONE = {"model": "talker", "done": True, "done_reason": "stop", "total_duration": 2_000_000_000, "load_duration": 500_000_000}
DONE |= {"prompt_eval_count": 10, "prompt_eval_duration": 1_000_000_000, "eval_count": 4, "eval_duration": 500_000_000}


def said(content, **more):
    return {"model": "talker", "message": {"role": "assistant", "content": content, **more}, "done": False}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def answer(self):
        fake = self.server.fake
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = json.loads(body) if body else None
        fake.requests.append((self.path, request))
        fake.headers.append(dict(self.headers))
        if fake.key and self.headers.get("Authorization") != f"Bearer {fake.key}":
            return self.send(401, {"error": "this server wants a key"})
        reply = fake.replies.get(self.path)
        if callable(reply):
            reply = reply(request)
        if reply is None:
            return self.send(404, {"error": "not found"})
        if isinstance(reply, tuple):
            return self.send(*reply)
        if isinstance(reply, dict):
            return self.send(200, reply)
        self.stream(reply)

    def send(self, status, content):
        data = json.dumps(content).encode() if isinstance(content, dict) else content
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, lines):
        """Each line as a chunk; bytes go out as they are, None breaks the connection off."""
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for line in lines:
                if line is None:
                    self.close_connection = True
                    return self.connection.shutdown(2)
                data = line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n"
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True
            self.server.fake.broken.set()


class FakeServer:
    def __init__(self):
        self.requests, self.headers = [], []
        self.key = None
        self.broken = threading.Event()  # a client went away before its answer ended
        self.replies = {
            "/api/version": {"version": "9.9.9"},
            "/api/show": lambda request: SHOW if request["model"] == "talker" else (404, {"error": f"model '{request['model']}' not found"}),
            "/api/chat": [said("Hello"), said(" there"), {**said(""), **DONE}],
            "/api/generate": {"model": "talker", "response": "", "done": True, "done_reason": "load"},
            "/api/ps": {"models": []},
            "/api/tags": {"models": [{"name": "talker:latest", "digest": "0123456789abcdef", "size": 1_500_000, "modified_at": "2020-01-02T03:04:05Z"}]},
        }
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.fake = self
        self.address = "127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def asked(self, path):
        """The bodies of the requests of a path."""
        return [request for asked, request in self.requests if asked == path]

    def endless(self, request):
        """An answer that only ends when the client goes away."""
        yield said("for ever")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not self.broken.is_set():
            time.sleep(0.02)
            with contextlib.suppress(GeneratorExit):
                yield said(" and ever")
