"""A person at the prompt of `cria run`, through a pseudo-terminal."""

from support import Terminal

CONTROL_C, CONTROL_D, CONTROL_G = "\x03", "\x04", "\x07"
# The program turns pasting on before it asks for a line and off behind it. Its editor may draw a prompt more than once,
# but what lies between off and on is what the line brought about.
PASTE_ON, PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"
PROMPT, CONTINUATION = ">>> ", "... "


class Prompt:
    """For test cases, whose `terminal` it uses where none is given."""

    def start_prompt(self, *arguments, env):
        terminal = Terminal(*arguments, env=env)
        self.addCleanup(terminal.close)
        self.greeting = self.wait_for_prompt(terminal)
        return terminal

    def wait_for_prompt(self, terminal=None, prompt=PROMPT):
        """What came before it."""
        terminal = terminal or self.terminal
        before = terminal.expect(PASTE_ON)
        terminal.expect(prompt)
        return before

    def keys(self, keys, prompt=PROMPT):
        """Types at a prompt; what is printed until the next one."""
        self.terminal.send(keys)
        self.terminal.expect(PASTE_OFF)
        return self.wait_for_prompt(prompt=prompt)

    def enter(self, line, prompt=PROMPT):
        return self.keys(line + "\r", prompt)

    def leave(self, keys, terminal=None):
        terminal = terminal or self.terminal
        terminal.send(keys)
        return terminal.wait()
