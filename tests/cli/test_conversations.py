"""Conversations and answers that are longer than a context."""

import support
import tiny_model
from server_support import Server, ServerTest

# As Gemma's and Mistral's templates do.
STRICT = (
    "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate') }}{% endif %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
)
WORDS = "once upon a time there was a little llama " * 2
TALK = [{"role": ("user", "assistant")[i % 2], "content": f"{i} {WORDS}"} for i in range(15)]


class ConversationTests(ServerTest):
    def setUp(self):
        super().setUp()
        self.gguf = self.folder / "strict.gguf"
        self.gguf.write_bytes(tiny_model.changed({"tokenizer.chat_template": (tiny_model.TEXT, STRICT)}))
        self.create("strict")

    def create(self, name, *lines):
        (self.folder / "Modelfile").write_text("\n".join((f"FROM {self.gguf}", *lines)))
        self.succeed("create", name, "-f", self.folder / "Modelfile", "--local", env=self.env)

    def chat(self, **more):
        options = {"temperature": 0, "num_predict": 2, "num_ctx": 256, **more.pop("options", {})}
        return self.answered("/api/chat", {"model": "strict", "stream": False, "options": options, **more}).json

    def test_what_is_left_of_a_long_one_begins_with_a_user(self):
        told = self.chat(messages=TALK)
        self.assertRegex(told["warnings"][0], r"the oldest \d*[02468] of 15 messages were left out")
        self.assertLessEqual(told["prompt_eval_count"], 256)
        self.assertGreater(told["prompt_eval_count"], 100)

    def test_the_last_question_stays_and_is_cut_if_it_must_be(self):
        told = self.chat(messages=[*TALK[:-1], {"role": "user", "content": WORDS * 50}])
        self.assertIn("messages were left out", told["warnings"][0])
        self.assertRegex(told["warnings"][1], r"the prompt has \d+ tokens, but the context holds 256: \d+ tokens after the first 4 ")

    def test_so_many_tokens_of_the_beginning_stay_as_the_model_or_the_request_says(self):
        self.create("keeps", "PARAMETER num_keep 10")
        long = [{"role": "user", "content": WORDS * 50}]
        for options, kept in (({}, 10), ({"num_keep": 20}, 20), ({"num_keep": -1}, 112)):
            told = self.chat(model="keeps", messages=long, options=options)
            self.assertIn(f"after the first {kept} were left out", told["warnings"][0])

    def test_an_answer_has_at_most_ten_contexts(self):
        for most in (-1, 10**9):
            options = {"temperature": 0, "num_ctx": 20, "num_predict": most}
            ask = {"model": "tiny", "raw": True, "prompt": "Once", "stream": False, "options": options}
            told = self.answered("/api/generate", ask).json
            self.assertEqual((told["done_reason"], told["eval_count"]), ("length", 200))

    def test_the_smallest_context(self):
        ask = {"model": "tiny", "raw": True, "prompt": "Once", "stream": False, "options": {"num_ctx": 1, "num_predict": 3}}
        self.assertEqual(self.answered("/api/generate", ask).json["eval_count"], 3)


class UnwritableStoreTests(ServerTest):
    def test_is_served_all_the_same(self):
        lock = self.store / "cria.lock"
        lock.unlink()
        lock.mkdir()
        server = Server(env=self.env, folder=self.folder)
        self.addCleanup(server.stop)
        self.assertEqual(server.ask("GET", "/api/tags").json["models"][0]["name"], "tiny:latest")


if __name__ == "__main__":
    support.main()
