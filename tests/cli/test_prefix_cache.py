"""`cria serve` with a folder where what is known of prompts outlives it."""

import stat

from server_support import Server, ServerTest

STORY = "Once upon a time, there was one little girl named Lily who loved to play with big red balls very much. "
ASK = {"model": "tiny", "prompt": STORY * 6 + "Once upon a time, there", "stream": False, "raw": True}


class PrefixCacheTests(ServerTest):
    def setUp(self):
        super().setUp()
        self.kept = self.folder / "kept"
        self.env["CRIA_PREFIX_CACHE"] = str(self.kept)
        self.restart()

    def restart(self):
        self.assertEqual(self.server.stop(), 0)
        self.server = Server(env=self.env)

    def ask(self, **more):
        options = {"temperature": 1, "seed": 7, "num_predict": 30, **more}
        told = self.answered("/api/generate", {**ASK, "options": options}).json
        return told["response"], told["prompt_eval_count"], told["prompt_eval_cached_count"]

    def file(self):
        (file,) = self.kept.iterdir()
        return file

    def test_a_new_server_knows_the_prompts_of_the_old_one(self):
        text, tokens, cached = self.ask()
        self.assertGreater(tokens, 120)
        self.assertEqual(cached, 0)
        self.restart()
        self.assertEqual(self.ask(), (text, tokens, tokens - 1))
        self.assertEqual(stat.S_IMODE(self.file().stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.kept.stat().st_mode), 0o700)
        # And so does a model that is loaded again.
        self.answered("/api/generate", {"model": "tiny", "keep_alive": 0})
        self.assertEqual(self.ask(), (text, tokens, tokens - 1))
        # With another context the model is loaded anew, and is another one in this.
        self.assertEqual(self.ask(num_ctx=512), (text, tokens, 0))

    def test_a_spoilt_file_is_removed_and_changes_nothing(self):
        text, tokens, _ = self.ask()
        for spoil in (lambda data: data[:-9], lambda data: data[:5000] + bytes([data[5000] ^ 4]) + data[5001:]):
            self.assertEqual(self.server.stop(), 0)
            file = self.file()
            file.write_bytes(spoil(file.read_bytes()))
            self.server = Server(env=self.env)
            again, same, cached = self.ask()
            self.assertEqual((again, same), (text, tokens))
            self.assertLess(cached, tokens)
            self.assertFalse(file.exists())
            server = self.server
            self.restart()
            self.assertIn("kept beginnings cannot be read", " ".join(server.log))
