"""What tests of the page share: a browser, a server with answers of the test's choice, and a page without errors."""

import os
import pathlib
import unittest

from playwright.sync_api import expect, sync_playwright

from mock_server import MockServer

HERE = pathlib.Path(__file__).resolve().parent
ACCESSIBILITY = (HERE / "accessibility.js").read_text().partition("\n")[2]
PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
                      "0000000049454e44ae426082")

expect.set_options(timeout=20_000)  # a busy machine is no failure


class PageCase(unittest.TestCase):
    options = {"viewport": {"width": 1280, "height": 800}}

    @classmethod
    def setUpClass(cls):
        cls.playwright = sync_playwright().start()
        cls.addClassCleanup(cls.playwright.stop)
        cls.browser = cls.playwright.chromium.launch(executable_path=os.environ.get("CRIA_CHROMIUM"), args=["--no-sandbox"])
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.server = MockServer()
        self.addCleanup(self.server.stop)
        self.errors = []
        self.open()
        self.addCleanup(self.context.close)

    def open(self, **options):
        """A page of a browser that has not been here yet."""
        self.context = self.browser.new_context(**{**self.options, **options})
        self.context.set_default_timeout(20_000)
        self.visit()

    def visit(self):
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self.errors.append(message.text) if "Content Security" in message.text else None)
        self.page.goto(self.server.url)
        expect(self.page.locator("body")).to_be_visible()
        self.until("document.querySelector('#welcome').dataset.state !== 'loading' || document.querySelector('#welcome').hidden")

    def until(self, condition):
        """Waits until an expression is true. The page's policy forbids what the browser's own driver would do for that."""
        for _ in range(400):
            if self.page.evaluate(f"Boolean({condition})"):
                return
            self.page.wait_for_timeout(50)
        self.fail(f"still not true: {condition}")

    def tearDown(self):
        self.assertEqual(self.errors, [])

    def choose(self, model):
        self.page.select_option("#model", model)

    def ask(self, text, *answer, **options):
        """Sends a message; with an answer, waits for its end unless the server holds it back."""
        reply = self.server.reply(*answer, **options) if answer or options else None
        self.page.fill("#prompt", text)
        self.page.keyboard.press("Enter")
        if not options.get("holds"):
            expect(self.page.locator("#stop")).to_be_hidden()
            expect(self.answers.last).to_have_attribute("aria-busy", "false")
        return reply

    @property
    def questions(self):
        return self.page.locator(".message.user .question")

    @property
    def answers(self):
        return self.page.locator(".message.assistant")

    def button(self, name, exact=True):
        return self.page.get_by_role("button", name=name, exact=exact)

    def check_accessibility(self, where):
        self.assertEqual(self.page.evaluate(ACCESSIBILITY), [], where)

    def check_fits(self):
        """Nothing is wider than the window."""
        widths = self.page.evaluate("[document.documentElement.scrollWidth, document.getElementById('main').scrollWidth - document.getElementById('main').clientWidth, innerWidth]")
        self.assertLessEqual(widths[0], widths[2])
        self.assertLessEqual(widths[1], 0)
