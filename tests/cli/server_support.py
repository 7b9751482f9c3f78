"""A server of the program for tests: started on a free port with a store of its own, and asked over plain HTTP."""

import http.client
import json
import re
import resource
import shutil
import subprocess
import threading

import support
from support import ModelTest


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, dict(response.getheaders()), body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def lines(self):
        """Of a stream of JSON."""
        return [json.loads(line) for line in self.body.splitlines()]

    @property
    def events(self):
        """Of a stream of server-sent events: the data of each."""
        return [line[len("data: ") :] for line in self.body.decode().splitlines() if line.startswith("data: ")]

    def __repr__(self):
        return f"status {self.status}: {self.body.decode('utf-8', 'replace')}"


class Server:
    def __init__(self, *arguments, env, folder=None, memory=None):
        self.process = subprocess.Popen(
            [support.PROGRAM, "serve", "--host", "127.0.0.1:0", *arguments],
            stderr=subprocess.PIPE,
            text=True,
            env=env,
            cwd=folder,
            preexec_fn=memory and (lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory))),
        )
        self.log = []
        line = self.process.stderr.readline()
        found = re.search(r"listening at https?://127\.0\.0\.1:(\d+)", line)
        if not found:
            self.process.kill()
            raise AssertionError(f"the server did not start: {line}{self.process.stderr.read()}")
        self.port = int(found.group(1))
        self.reader = threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True)
        self.reader.start()

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=support.SECONDS)

    def ask(self, method, path, body=None, headers=None):
        connection = self.connect()
        data = body if body is None or isinstance(body, (bytes, str)) else json.dumps(body)
        connection.request(method, path, data, headers or {})
        response = connection.getresponse()
        answer = Answer(response, response.read())
        connection.close()
        return answer

    def stop(self):
        """The exit status."""
        self.process.terminate()
        status = self.process.wait(timeout=support.SECONDS)
        self.reader.join()
        self.process.stderr.close()
        return status


class ServerTest(ModelTest):
    """With the tiny model stored as "tiny", with a template."""

    TEMPLATE = "{{ .System }}{{ .Prompt }}"
    SETTINGS = []

    def setUp(self):
        super().setUp()
        self.store = self.folder / "models"
        self.env = support.environment(CRIA_MODELS=str(self.store))
        gguf = self.folder / "tiny.gguf"
        shutil.copy(self.model, gguf)
        (self.folder / "Modelfile").write_text(f'FROM {gguf}\nTEMPLATE """{self.TEMPLATE}"""\nPARAMETER num_ctx 256\n')
        self.succeed("create", "tiny", "-f", self.folder / "Modelfile", env=self.env)
        self.server = Server(*self.SETTINGS, env=self.env, folder=self.folder)
        self.addCleanup(self.end)

    def end(self):
        self.assertEqual(self.server.stop(), 0)

    def get(self, path, **more):
        return self.server.ask("GET", path, **more)

    def post(self, path, body, **more):
        return self.server.ask("POST", path, body, **more)

    def answered(self, path, body, status=200):
        answer = self.post(path, body)
        self.assertEqual(answer.status, status, answer)
        return answer

    def refused(self, path, body, status, *words, method="POST"):
        answer = self.server.ask(method, path, body)
        self.assertEqual(answer.status, status, answer)
        message = answer.json["error"]
        for word in words:
            self.assertIn(word, message)
        self.assertNotIn(str(self.folder), answer.body.decode())
        return message
