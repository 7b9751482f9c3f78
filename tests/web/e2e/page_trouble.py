"""The page when something goes wrong. page_test.py runs these tests."""

from playwright.sync_api import expect

from mock_server import model
from page_case import PageCase


class Trouble(PageCase):
    def test_a_server_without_models_says_what_to_do(self):
        self.server.models = []
        self.page.reload()
        expect(self.page.get_by_role("heading", name="No model yet")).to_be_visible()
        self.page.fill("#prompt", "Hello")
        expect(self.page.locator("#send")).to_be_disabled()
        self.check_accessibility("without a model")
        self.server.models = [model("new:1b")]
        self.button("Look again").click()
        expect(self.page.locator("#model")).to_have_value("new:1b")
        expect(self.page.locator("#send")).to_be_enabled()

    def test_errors_stand_where_the_answer_would(self):
        self.ask("Hello", status=503, error="the queue is full", headers=[("Retry-After", "7")])
        expect(self.answers.last).to_contain_text("The queue is full. The server has too much to do. Try again in 7 s.")
        self.server.reply("Hi")
        self.button("Try again").click()
        expect(self.answers.last).to_contain_text("Hi")
        expect(self.answers).to_have_count(1)
        self.ask("More", "One", error="out of memory")
        expect(self.answers.last).to_contain_text("Out of memory.")
        expect(self.answers.last).to_contain_text("One")

    def test_a_model_that_is_gone_is_named(self):
        self.ask("Hello", status=404, error="model 'smollm2:135m' not found")
        expect(self.answers.last).to_contain_text("Choose another model")

    def test_a_lost_connection_is_told_and_noticed_when_it_is_back(self):
        reply = self.ask("Hello", "One", holds=1, breaks=True)
        expect(self.answers.last).to_contain_text("One")
        reply.release()
        expect(self.answers.last.get_by_role("alert")).to_contain_text("Whatever had come is kept")
        expect(self.answers.last).to_contain_text("One")
        expect(self.page.locator("#connection")).to_be_hidden()
        self.server.stop()
        self.ask("Again")
        expect(self.answers.last).to_contain_text("The server cannot be reached.")
        expect(self.page.locator("#connection")).to_be_visible()
        self.check_accessibility("offline")
        self.server.start()
        expect(self.page.locator("#connection")).to_be_hidden()
        self.server.reply("Hi")
        self.answers.last.get_by_role("button", name="Try again").click()
        expect(self.answers.last).to_contain_text("Hi")

    def test_a_key_is_asked_for_and_kept_for_the_tab_only(self):
        self.server.key = "secret"
        self.page.reload()
        dialog = self.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        expect(self.page.locator("#key")).to_be_focused()
        self.check_accessibility("key")
        self.page.keyboard.type("wrong")
        self.page.keyboard.press("Enter")
        expect(dialog).to_contain_text("does not take the key")
        self.page.locator("#key").fill("secret")
        self.page.keyboard.press("Enter")
        expect(dialog).to_be_hidden()
        self.ask("Hello", "Hi")
        self.page.reload()
        expect(self.answers.last).to_contain_text("Hi")
        expect(dialog).to_be_hidden()
        self.assertNotIn("secret", self.page.evaluate("JSON.stringify({...localStorage})"))

    def test_a_key_that_runs_out_is_asked_for_in_place(self):
        expect(self.page.locator("#model")).to_have_value("smollm2:135m")
        self.server.key = "secret"
        self.ask("Hello", "unused")
        self.server.replies.clear()
        expect(self.answers.last).to_contain_text("asks for an API key")
        self.server.reply("Hi")
        self.button("Enter a key").click()
        self.page.locator("#key").fill("secret")
        self.page.keyboard.press("Enter")
        expect(self.answers.last).to_contain_text("Hi")

    def test_loading_is_told_apart_from_reading(self):
        reply = self.server.reply("Hi", holds=0)
        self.page.fill("#prompt", "Hello")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".waiting")).to_contain_text("Loading smollm2:135m")
        reply.release()
        expect(self.answers.last).to_contain_text("Hi")
        self.server.loaded = ["smollm2:135m"]
        reply = self.server.reply("Hi", holds=0)
        self.page.fill("#prompt", "Hello")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".waiting:visible")).to_contain_text("Reading the prompt")
        reply.release()
