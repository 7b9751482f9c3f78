"""A server that has run out of memory, and of threads, says so or closes connections, and goes on."""

import concurrent.futures
import time

import support
from server_support import Server
from support import CliTest

CLIENTS, MEMORY = 300, 600 << 20


class WithoutMemory(CliTest):
    def test_many_uploads_at_once(self):
        if support.cria("--version", memory=MEMORY).status != 0:
            self.skipTest("the program needs more addresses, as with a sanitizer")
        self.server = Server(env=support.environment(CRIA_MODELS=str(self.folder / "models")), memory=MEMORY)
        self.addCleanup(self.server.stop)
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            statuses = set(pool.map(self.upload, range(CLIENTS)))
        self.assertLessEqual(statuses, {400, 500, 503}, statuses)  # none has the digest that it says
        self.assertTrue(statuses & {500, 503}, statuses)
        self.assertEqual(self.server.ask("GET", "/health").status, 200)

    def upload(self, number):
        connection = self.server.connect()
        connection.putrequest("POST", f"/api/blobs/sha256:{number:064x}")
        connection.putheader("Content-Length", "1")
        connection.endheaders()
        time.sleep(2)  # until all are there
        connection.send(b"x")
        status = connection.getresponse().status
        connection.close()
        return status
