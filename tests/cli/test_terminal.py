"""The interactive mode, through a pseudo-terminal."""

import os

import support
import tiny_model
from prompt import CONTINUATION, CONTROL_C, CONTROL_D, PASTE_OFF, Prompt
from support import ModelTest

UP = "\x1b[A"


class Interactive(Prompt, ModelTest):
    def setUp(self):
        super().setUp()
        self.terminal = self.start()

    def start(self, *options):
        env = support.environment(TERM="xterm", XDG_STATE_HOME=str(self.folder), HOME=str(self.folder))
        return self.start_prompt("run", self.model, "--seed", "1", "--temperature", "0", *options, env=env)

    def history(self):
        return (self.folder / "cria" / "history").read_bytes()

    def test_leaves_by_bye_exit_and_control_d(self):
        for leaving in ("/bye\r", "/exit\r", CONTROL_D):
            self.assertEqual(self.leave(leaving, self.start()), 0)

    def test_answers(self):
        self.enter("/set parameter num_predict 3")
        for _ in range(2):
            self.assertEqual(self.enter("Once upon a time,").strip(), "there was one")

    def test_commands(self):
        self.assertIn("/set", self.enter("/?"))
        self.assertIn("llama", self.enter("/show info"))
        self.assertIn('unknown command "/frob"', self.enter("/frob"))
        self.assertIn("did you mean /clear?", self.enter("/claer"))
        self.assertIn("unknown parameter", self.enter("/set parameter top_q 1"))
        self.enter("/set parameter top_k 7")
        self.assertRegex(self.enter("/show parameters"), r"top_k +7")
        self.assertIn("chat template", self.enter("/set system Be kind"))
        self.enter("/set verbose")
        self.enter("/set parameter num_predict 2")
        self.assertIn("eval rate:", self.enter("Once"))
        self.enter("/clear")

    def test_another_context(self):
        self.enter("/set parameter num_ctx 32")
        self.assertRegex(self.enter("/show parameters"), r"num_ctx +32")
        self.assertIn("the context of 32 tokens is full", self.enter("Once upon a time"))

    def test_many_lines(self):
        self.enter("/set parameter num_predict 1")
        self.enter('"""Once', CONTINUATION)
        self.enter('upon"""')
        self.assertIn(rb"Once\012upon", self.history())

    def test_a_paste_of_many_lines_is_one_input(self):
        self.enter("/set parameter num_predict 1")
        self.keys("\x1b[200~Once\rupon\x1b[201~\r")
        self.assertIn(rb"Once\012upon", self.history())

    def test_control_c_stops_the_answer_and_not_the_program(self):
        # An answer that would take far longer than the test may.
        self.terminal = self.start("--num-ctx", tiny_model.CONTEXT)
        self.terminal.send("Once upon a time\r")
        self.terminal.expect(" there was")
        self.terminal.send(CONTROL_C)
        self.wait_for_prompt()
        self.assertEqual(self.leave("/bye\r"), 0)

    def test_control_c_clears_the_line_and_an_open_text(self):
        self.terminal.send("/bye")
        self.terminal.expect("/bye")
        self.keys(CONTROL_C)
        self.enter('"""one', CONTINUATION)
        self.keys(CONTROL_C)
        self.assertIn("Ctrl-D or /bye", self.keys(CONTROL_C))

    def test_a_file_that_is_cut_short_ends_the_program_with_a_message(self):
        path = self.folder / "cut.gguf"
        path.write_bytes(tiny_model.content())
        self.model = path
        terminal = self.start("--backend", "reference")  # reads the weights where they lie
        os.truncate(path, 0)
        terminal.send("Once\r")
        terminal.expect("cria: a file in use was cut short")
        self.assertEqual(terminal.wait(), 1)

    def test_history_is_kept_between_sessions(self):
        self.enter("/show system")
        self.leave(CONTROL_D)
        self.terminal = self.start()
        self.terminal.send(UP)
        self.terminal.expect("/show system")

    def test_characters_of_many_bytes_can_be_edited(self):
        # Deletes the euro sign; a byte-wise editor would leave two bytes of it behind.
        self.enter("/set parameter stop caf\u00e9\u20ac\x7f")
        self.assertIn(r'"caf\xc3\xa9"', self.enter("/show parameters"))
        self.assertNotIn(b"\\342", self.history())
