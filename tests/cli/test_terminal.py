"""The interactive mode, through a pseudo-terminal."""

import support
from support import STORIES, StoriesTest, Terminal

CONTROL_C, CONTROL_D, UP = "\x03", "\x04", "\x1b[A"
PASTE_OFF = "\x1b[?2004l"
PROMPT, CONTINUATION = ">>> ", "... "


class Interactive(StoriesTest):
    def setUp(self):
        super().setUp()
        self.terminal = self.start()

    def start(self, *options):
        env = support.environment(TERM="xterm", XDG_STATE_HOME=str(self.folder), HOME=str(self.folder))
        terminal = Terminal("run", STORIES, "--seed", "1", "--temperature", "0", *options, env=env)
        self.addCleanup(terminal.close)
        terminal.expect(PROMPT)
        return terminal

    def enter(self, line):
        self.terminal.send(line + "\r")
        return self.terminal.expect(PROMPT)

    def interrupt(self):
        self.terminal.send(CONTROL_C)
        return self.terminal.expect(PROMPT)

    def test_leaves_by_bye_exit_and_control_d(self):
        for leaving in ("/bye\r", "/exit\r", CONTROL_D):
            terminal = self.start()
            self.assertEqual(self.leave(leaving, terminal), 0)

    def leave(self, keys, terminal=None):
        terminal = terminal or self.terminal
        terminal.send(keys)
        return terminal.wait()

    def test_answers(self):
        self.enter("/set parameter num_predict 8")
        self.assertIn("Once", self.enter("Once upon a time,"))  # its echo
        self.assertIn("there was", self.enter("Once upon a time,"))

    def test_commands(self):
        self.assertIn("/set parameter", self.enter("/?"))
        self.assertIn("llama", self.enter("/show info"))
        self.assertIn('unknown command "/frob"', self.enter("/frob"))
        self.assertIn("did you mean /clear?", self.enter("/claer"))
        self.assertIn("no parameter", self.enter("/set parameter top_q 1"))
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
        self.terminal.send('"""one\r')
        self.terminal.expect(CONTINUATION)
        self.terminal.send('two"""\r')
        self.terminal.expect(PROMPT)

    def test_a_paste_of_many_lines_is_one_input(self):
        self.enter("/set parameter num_predict 1")
        self.terminal.send("\x1b[200~Once\rupon\x1b[201~\r")
        self.terminal.expect(PASTE_OFF)  # the prompt before is drawn again for what was pasted
        self.terminal.expect(PROMPT)
        history = (self.folder / "cria" / "history").read_text()
        self.assertIn(r"Once\012upon", history)

    def test_control_c_stops_the_answer_and_not_the_program(self):
        self.terminal.send("Once upon a time\r")
        self.terminal.expect("there was")
        self.interrupt()
        self.assertEqual(self.leave("/bye\r"), 0)

    def test_control_c_clears_the_line_and_an_open_text(self):
        self.terminal.send("/bye")
        self.terminal.expect("/bye")
        self.interrupt()
        self.terminal.send('"""one\r')
        self.terminal.expect(CONTINUATION)
        self.interrupt()
        self.assertIn("Ctrl-D or /bye", self.interrupt())

    def test_history_is_kept_between_sessions(self):
        self.enter("/set parameter num_predict 1")
        self.enter("/show system")
        self.terminal.send(CONTROL_D)
        self.terminal.wait()
        self.terminal = self.start()
        self.terminal.send(UP)
        self.terminal.expect("/show system")

    def test_characters_of_many_bytes_can_be_edited(self):
        self.enter("/set parameter num_predict 1")
        # Deletes the euro sign; a byte-wise editor would leave two bytes of it behind.
        self.terminal.send("/set parameter stop caf\u00e9\u20ac\x7f\r")
        self.terminal.expect(PROMPT)
        self.assertIn("caf", self.enter("/show parameters"))
        history = (self.folder / "cria" / "history").read_bytes()
        self.assertNotIn(b"\\342", history)
