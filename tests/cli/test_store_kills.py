"""Kills create and cp at random points: every listed model stays whole. CRIA_KILLS says how many times (8)."""

import os
import random
import signal
import subprocess
import time

import support
from test_store import StoreTest


class Kills(StoreTest):
    def setUp(self):
        super().setUp()
        # Large enough to be killed in: 20 MB that nothing reads.
        self.large = self.folder / "large.gguf"
        self.large.write_bytes(self.gguf.read_bytes() + b"\0" * (20 << 20))

    def seconds(self, *arguments):
        start = time.monotonic()
        self.cria(*arguments)
        return time.monotonic() - start

    def test_leave_every_listed_model_whole(self):
        chance = random.Random(int(os.environ.get("CRIA_KILLS_SEED", "1")))
        kills = int(os.environ.get("CRIA_KILLS", "8"))
        self.create("first", "FROM tiny.gguf\nSYSTEM 0")
        commands = []
        for number, source in enumerate(("large.gguf", "first", "tiny.gguf", "tiny.gguf")):
            path = self.modelfile(f"FROM {source}\nSYSTEM {number}\nPARAMETER seed {number}", f"Modelfile{number}")
            commands.append(["create", "made", "-f", path] + (["-q", "Q8_0"] if number == 3 else []))
        commands.append(["cp", "first", "made"])
        longest = [self.seconds(*command) for command in commands]
        killed = 0
        for kill in range(kills):
            which = kill % len(commands)
            process = subprocess.Popen(
                [support.PROGRAM, *map(str, commands[which])],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=self.env,
            )
            time.sleep(chance.uniform(0, longest[which]))
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
            self.check_whole()
            names = [line.split()[0] for line in self.cria("list").out.splitlines()[1:]]
            self.assertIn("first:latest", names)
            for name in names:
                self.assertEqual(self.cria("run", name, "Once", "--raw", "--temperature", "0", "--num-predict", "1").out, " upon\n")
        self.assertGreater(killed, 0)
        print(f"{killed} of {kills} were killed while they ran")
        # What killed programs left is no obstacle.
        self.create("made", "FROM large.gguf")
        self.check_whole()
