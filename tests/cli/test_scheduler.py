"""`cria serve`: which models stay in memory, who waits, and who is told to come again."""

import concurrent.futures
import json
import random
import time

from server_support import Server, ServerTest

GREEDY = {"temperature": 0, "repeat_penalty": 1, "num_predict": 5}
STORY = "Once upon a time, there was one little girl named Lily who loved to play with big red balls very much."
ASK = {"model": "tiny", "prompt": "Once upon a time, there", "options": GREEDY, "stream": False}
ENDLESS = {**ASK, "stream": True, "options": {**GREEDY, "num_predict": 10_000_000}}


class SchedulerTest(ServerTest):
    def begin(self, size=0):
        """An endless stream of which the head was read, and as many bytes."""
        connection = self.server.connect()
        connection.request("POST", "/api/generate", json.dumps(ENDLESS))
        response = connection.getresponse()
        if size:
            response.read(size)

        def leave():
            response.close()
            connection.close()

        self.addCleanup(leave)
        response.leave = leave
        return response

    def wait_for(self, is_so, what):
        deadline = time.monotonic() + 30
        while not is_so():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.02)

    def users(self):
        return sum(one["in_use"] for one in self.get("/api/ps").json["models"])

    def metric(self, name):
        (line,) = [line for line in self.get("/metrics").body.decode().splitlines() if line.startswith(name)]
        return float(line.split()[-1])


class ModelsTests(SchedulerTest):
    def test_text_and_vectors_of_a_model_stay_both(self):
        self.assertEqual(self.server.stop(), 0)
        self.server = server = Server(env={**self.env, "CRIA_DEBUG": "1"})
        for _ in range(3):
            self.answered("/api/generate", ASK)
            self.answered("/api/embed", {"model": "tiny", "input": "Once"})
        self.assertEqual([one["name"] for one in self.get("/api/ps").json["models"]], ["tiny:latest"] * 2)
        self.answered("/api/generate", {"model": "tiny", "keep_alive": 0})
        self.assertEqual(self.get("/api/ps").json["models"], [])
        self.assertEqual(server.stop(), 0)
        self.assertEqual(len([line for line in server.log if "executor: " in line]), 2)
        self.server = Server(env=self.env)

    def test_a_smaller_context_is_kept_to_where_a_larger_one_is_loaded(self):
        small = {**GREEDY, "num_ctx": 40, "num_predict": 120}
        long = {**ASK, "prompt": STORY * 3, "options": small}

        def answers():
            told = [
                {**ASK, "options": small},
                {**ASK, "options": small, "shift": False},
                long,
                {**ASK, "raw": True, "prompt": STORY * 3, "options": small, "shift": False},
            ]
            told = [self.answered("/api/generate", body).json for body in told]
            names = ("response", "done_reason", "prompt_eval_count", "eval_count", "warnings")
            return [[one.get(name) for name in names] for one in told]

        loaded_small = answers()
        self.assertEqual(self.get("/api/ps").json["models"][0]["context_length"], 40)
        self.answered("/api/generate", ASK)
        self.assertEqual(self.get("/api/ps").json["models"][0]["context_length"], 256)
        self.assertEqual(answers(), loaded_small)
        self.assertEqual(self.get("/api/ps").json["models"][0]["context_length"], 256)
        text, reason, prompt, written, _ = loaded_small[1]
        self.assertEqual((reason, prompt + written), ("length", 41))
        self.refused("/api/generate", {**long, "truncate": False}, 400, "tokens", "context holds 40")

    def test_who_asks_for_no_context_is_not_given_a_small_one(self):
        (self.folder / "Modelfile").write_text(f"FROM {self.folder / 'tiny.gguf'}\n")
        self.succeed("create", "free", "-f", self.folder / "Modelfile", env=self.env)
        contexts = []
        for options in ({"num_ctx": 40}, {}, {"num_ctx": 40}, {}):
            self.answered("/api/generate", {**ASK, "model": "free", "options": {**GREEDY, **options}})
            contexts += [one["context_length"] for one in self.get("/api/ps").json["models"]]
        self.assertEqual(contexts[0], 40)
        self.assertGreaterEqual(contexts[1], 4096)
        self.assertEqual(contexts[1:], [contexts[1]] * 3)

    def test_what_was_written_for_somebody_who_went_away_is_counted(self):
        self.begin(2000).leave()
        self.wait_for(lambda: self.users() == 0, "the answer goes on for nobody")
        self.assertGreater(self.metric('cria_generated_tokens_total{model="tiny"'), 5)
        self.assertGreater(self.metric('cria_prompt_tokens_total{model="tiny"'), 3)


class NobodyWaitsTests(SchedulerTest):
    SETTINGS = ["--set", "num_parallel=1", "--set", "max_queue=0"]

    def test_only_who_finds_a_place_is_answered(self):
        for _ in range(20):
            self.answered("/api/generate", ASK)
        running = self.begin(10)
        refused = self.answered("/api/generate", ASK, status=503)
        self.assertGreater(int(refused.headers["Retry-After"]), 0)
        self.assertIn("busy", refused.json["error"])
        running.leave()
        self.wait_for(lambda: self.post("/api/generate", ASK).status == 200, "the place is not given back")


class QueueTests(SchedulerTest):
    SETTINGS = ["--set", "num_parallel=2", "--set", "max_queue=3"]

    def test_places_in_the_queue_are_told_and_the_rest_is_refused(self):
        self.answered("/api/generate", ASK)
        running = [self.begin(10) for _ in range(2)]
        waiting = [self.begin() for _ in range(3)]
        self.assertEqual([one.getheader("X-Queue-Position") for one in running + waiting], ["0", "0", "0", "1", "2"])
        for path, body in (
            ("/api/generate", ASK),
            ("/v1/completions", {"model": "tiny", "prompt": "Once"}),
            ("/v1/messages", {"model": "tiny", "max_tokens": 5, "messages": [{"role": "user", "content": "Once"}]}),
        ):
            self.assertIn("Retry-After", self.answered(path, body, status=503).headers)
        for one in running + waiting:
            one.leave()
        self.wait_for(lambda: self.users() == 0, "answers go on for nobody")
        self.assertEqual(self.answered("/api/generate", ASK).headers["X-Queue-Position"], "0")

    def test_a_storm_of_clients_that_go_away_leaves_nothing(self):
        alone = self.answered("/api/generate", ASK).json["response"]
        chance = random.Random(4)
        delays = [chance.choice((0, 0, 0.001, 0.01, 0.05)) for _ in range(60)]

        def come_and_go(delay):
            connection = self.server.connect()
            connection.request("POST", "/api/generate", json.dumps(ENDLESS))
            time.sleep(delay)
            if delay > 0.005:
                response = connection.getresponse()
                self.assertIn(response.status, (200, 503))
                response.read(1)
                response.close()
            connection.close()

        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            list(pool.map(come_and_go, delays))
        self.wait_for(lambda: self.users() == 0, "answers go on for nobody")
        self.assertEqual(self.metric("cria_requests_waiting"), 0)
        # All places are there: as many as may run and wait are answered at once.
        with concurrent.futures.ThreadPoolExecutor(5) as pool:
            told = list(pool.map(lambda _: self.answered("/api/generate", ASK).json["response"], range(5)))
        self.assertEqual(told, [alone] * 5)
