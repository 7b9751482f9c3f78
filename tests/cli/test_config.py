"""What is set, and that commands go by it."""

import json

import support
import tiny_model
from support import CliTest


class Config(CliTest):
    def setUp(self):
        super().setUp()
        self.file = self.folder / "config"
        self.store = self.folder / "models"
        self.write("")

    def write(self, text):
        self.file.write_text(text)

    def env(self, **more):
        return support.environment(**{"CRIA_CONFIG": str(self.file), **more})

    def settings(self, **environment):
        shown = json.loads(self.succeed("config", "--json", env=self.env(**environment)).out)
        self.assertEqual(shown["file"], str(self.file))
        return {setting["name"]: (setting["value"], setting["from"]) for setting in shown["settings"]}

    def create(self, more=""):
        (self.folder / "Modelfile").write_text(f"FROM {tiny_model.path()}\n{more}\n")
        return self.succeed("create", "tiny", "-f", self.folder / "Modelfile", env=self.env())

    def test_says_where_each_value_is_from(self):
        self.write("# mine\nkeep_alive = 10m\nmax_queue = 7\n")
        settings = self.settings(OLLAMA_KEEP_ALIVE="1h", CRIA_HOST="a:1", OLLAMA_HOST="b:2")
        self.assertEqual(settings["host"], ("a:1", "CRIA_HOST"))
        self.assertEqual(settings["keep_alive"], ("1h", "OLLAMA_KEEP_ALIVE"))
        self.assertEqual(settings["max_queue"], ("7", f"{self.file}:3"))
        self.assertEqual(settings["debug"], ("0", "default"))

    def test_shows_a_table(self):
        lines = self.succeed("config", env=self.env(CRIA_NOPRUNE="1")).out.splitlines()
        self.assertEqual(lines[0].split(), ["NAME", "VALUE", "FROM", "ABOUT"])
        self.assertEqual(len(lines), 1 + len(self.settings()))
        self.assertTrue(any(line.split()[:3] == ["noprune", "1", "CRIA_NOPRUNE"] for line in lines), lines)

    def test_a_key_is_not_shown(self):
        for arguments in (["config"], ["config", "--json"]):
            self.assertNotIn("secret", self.succeed(*arguments, env=self.env(CRIA_API_KEY="secret")).out)
        self.assertEqual(self.settings(CRIA_API_KEY="secret")["api_key"], ("(hidden)", "CRIA_API_KEY"))

    def test_what_makes_no_sense_is_refused_with_its_place(self):
        self.write("host = x\nhots = y\n")
        self.assertIn('config:2: there is no setting "hots"', self.fail_with(1, "config", env=self.env()).err)
        self.write("max_queue = many\n")
        self.assertIn("config:1: max_queue is", self.fail_with(1, "list", env=self.env()).err)
        self.succeed("--help", env=self.env())
        self.write("")
        self.assertIn("CRIA_NUM_THREAD", self.fail_with(1, "config", env=self.env(CRIA_NUM_THREAD="-1")).err)
        self.assertIn("the port is", self.fail_with(1, "ps", env=self.env(CRIA_HOST="a:b")).err)

    def test_docs_name_every_setting(self):
        text = (support.ROOT / "docs" / "configuration.md").read_text()
        for name in self.settings():
            self.assertIn(f"| `{name}` |", text)

    def test_the_file_names_the_store(self):
        self.write(f"models = {self.store}\n")
        self.create()
        self.assertTrue((self.store / "manifests").exists())
        self.assertIn("tiny:latest", self.succeed("list", env=self.env()).out)
        self.assertNotIn("tiny:latest", self.succeed("list", env=self.env(CRIA_MODELS=str(self.folder / "other"))).out)

    def test_the_file_turns_pruning_off(self):
        def blobs_after(system, noprune):
            """How many there are once a model has another system text."""
            self.write(f"models = {self.store}\nnoprune = {noprune}\n")
            self.create(f"SYSTEM {system}")
            return len(list((self.store / "blobs").iterdir()))

        first = blobs_after("one", 0)
        self.assertEqual(blobs_after("two", 0), first)
        self.assertGreater(blobs_after("three", 1), first)

    def test_the_file_turns_the_debug_log_on(self):
        self.write(f"debug = yes\nmodels = {self.store}\n")
        self.assertIn("model store", self.succeed("list", env=self.env()).err)
        self.assertEqual(self.succeed("list", env=self.env(CRIA_DEBUG="0")).err, "")

    def test_run_computes_as_it_is_set(self):
        self.write("num_thread = 1\nkv_cache_type = f32\ncontext_length = 64\ndebug = 1\n")
        run = ["run", tiny_model.path(), "Once", "--raw", "--num-predict", "1"]
        outcome = self.succeed(*run, env=self.env())
        self.assertRegex(outcome.err, r"threads: 1\b")
        self.assertIn("for 64 tokens", outcome.err)
        long = ["run", tiny_model.path(), " ".join(["time"] * 64), "--raw"]
        self.assertIn("the context holds 64", self.fail_with_log(*long))
        self.succeed(*long, "--num-ctx", "128", "--num-predict", "1", env=self.env())
        self.write("kv_cache_type = q9\n")
        self.assertIn('a cache of type "q9"', self.fail_with(1, *run, env=self.env()).err)
        self.succeed(*run, "--kv", "f16", env=self.env())

    def fail_with_log(self, *arguments):
        outcome = support.cria(*arguments, env=self.env())
        self.assertEqual(outcome.status, 1, outcome)
        return outcome.err
