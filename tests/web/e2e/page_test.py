"""The chat page in Chromium, against a small server with answers of the tests' choice. scripts/check_web runs it."""

import json
import unittest

from playwright.sync_api import expect

from mock_server import model
from page_case import PIXEL, PageCase
from page_looks import *  # the tests of looks and keys
from page_trouble import *  # the tests of what goes wrong

RICH = """## Title

Some **bold** text, `code`, a [link](https://example.org) and
1. one
2. two

| a | b |
|---|--:|
| 1 | 2 |

```python
def f(x):  # why
    return "text", 1
```
> quoted"""


class Answers(PageCase):
    def test_an_answer_is_shown_while_it_comes(self):
        reply = self.ask("Hello", "One ", "two ", "three", holds=2)
        expect(self.answers.last).to_contain_text("One two")
        expect(self.answers.last).to_have_attribute("aria-busy", "true")
        expect(self.page.locator("#stop")).to_be_visible()
        reply.release()
        expect(self.answers.last).to_contain_text("One two three")
        expect(self.page.locator(".numbers")).to_have_text("48 tokens · 24.0 tokens/s · 2.5 s")
        self.assertEqual(self.server.requests[0]["messages"], [{"role": "user", "content": "Hello"}])
        self.assertEqual(self.server.requests[0]["stream"], True)

    def test_stop_ends_the_request_and_keeps_what_had_come(self):
        for stop in (lambda: self.page.click("#stop"), lambda: self.page.keyboard.press("Escape")):
            reply = self.ask("Hello", "One ", "two", holds=1)
            expect(self.answers.last).to_contain_text("One")
            stop()
            expect(self.answers.last).to_contain_text("Stopped.")
            expect(self.answers.last).to_contain_text("One")
            self.assertTrue(reply.aborted.wait(20))
            expect(self.page.locator("#send")).to_be_visible()

    def test_regenerating_replaces_the_answer_and_can_be_undone(self):
        self.ask("Hello", "First")
        self.server.reply("Second")
        self.answers.last.get_by_role("button", name="Answer again").click()
        expect(self.answers.last).to_contain_text("Second")
        expect(self.answers).to_have_count(1)
        self.assertEqual(len(self.server.requests[1]["messages"]), 1)
        self.button("Undo").click()
        expect(self.answers.last).to_contain_text("First")

    def test_editing_asks_again(self):
        self.ask("Helo", "First")
        self.ask("More", "Later")
        self.server.reply("Second")
        self.page.locator(".message.user").first.hover()
        self.page.locator(".message.user").first.get_by_role("button", name="Edit and send again").click()
        field = self.page.get_by_label("Edit the message")
        expect(field).to_be_focused()
        expect(field).to_have_value("Helo")
        field.fill("Hello")
        self.page.keyboard.press("Enter")
        expect(self.answers.last).to_contain_text("Second")
        expect(self.questions).to_have_text(["Hello"])
        self.assertEqual(self.server.requests[2]["messages"], [{"role": "user", "content": "Hello"}])

    def test_deleting_takes_the_question_with_its_answer(self):
        self.ask("One", "First")
        self.ask("Two", "Second")
        self.page.locator(".message.user").first.hover()
        self.page.locator(".message.user").first.get_by_role("button", name="Delete").click()
        expect(self.questions).to_have_text(["Two"])
        self.button("Undo").click()
        expect(self.questions).to_have_text(["One", "Two"])

    def test_thinking_is_shown_while_it_comes_and_folded_afterwards(self):
        self.choose("qwen3:0.6b")
        reply = self.ask("Hello", "Answer", thinking=["Let me ", "see"], holds=2)
        thought = self.page.locator(".thought")
        expect(thought).to_be_visible()
        expect(thought).to_have_text("Let me see")
        reply.release()
        expect(self.answers.last).to_contain_text("Answer")
        expect(thought).to_be_hidden()
        self.page.locator(".thinking summary").click()
        expect(thought).to_be_visible()

    def test_markdown_becomes_elements(self):
        self.ask("Show", RICH)
        prose = self.page.locator(".prose")
        for selector in ("h4", "strong", "p code", "ol li", "table td", ".code .code-keyword", ".code .code-comment", "blockquote"):
            expect(prose.locator(selector).first).to_be_visible()
        link = prose.locator("a")
        self.assertEqual(link.get_attribute("rel"), "noopener noreferrer")
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.button("Copy code").click()
        expect(self.button("Copied")).to_be_visible()
        self.assertEqual(self.page.evaluate("navigator.clipboard.readText()"), 'def f(x):  # why\n    return "text", 1')

    def test_hostile_answers_and_questions_stay_text(self):
        nasty = ('<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><svg onload="window.hacked=1">\n\n'
                 "[a](javascript:window.hacked=1) [b](data:text/html,x) ![c](https://example.org/track.png)\n\n"
                 "```html\" onclick=\"x\n</code><script>window.hacked=1</script>\n```\n\n<style>*{display:none}</style>")
        requests = []
        self.page.on("request", lambda request: requests.append(request.url))
        self.ask(nasty, nasty, thinking=[nasty])
        expect(self.answers.last).to_contain_text("<script>window.hacked=1</script>")
        expect(self.questions.last).to_contain_text("<script>window.hacked=1</script>")
        self.assertIsNone(self.page.evaluate("window.hacked ?? null"))
        self.assertEqual(self.page.locator("#messages :is(script, style, iframe, img)").count(), 0)
        self.assertEqual([a.get_attribute("href") for a in self.page.locator("#messages a").all()], ["https://example.org/track.png"])
        self.assertEqual([url for url in requests if not url.startswith(self.server.url)], [])

    def test_pictures_go_only_to_models_that_see(self):
        picture = {"name": "pixel.png", "mimeType": "image/png", "buffer": PIXEL}
        expect(self.button("Attach pictures")).to_be_hidden()
        self.choose("gemma3:4b")
        expect(self.button("Attach pictures")).to_be_visible()
        self.page.set_input_files("#attach-file", picture)
        expect(self.page.get_by_alt_text("pixel.png")).to_be_visible()
        self.choose("smollm2:135m")
        expect(self.page.locator("#composer-problem")).to_contain_text("does not see pictures")
        self.page.fill("#prompt", "What is this?")
        expect(self.page.locator("#send")).to_be_disabled()
        self.choose("gemma3:4b")
        self.ask("What is this?", "A pixel")
        self.assertEqual(len(self.server.requests[0]["messages"][0]["images"]), 1)
        expect(self.page.locator(".message.user img")).to_be_visible()

    def test_pictures_can_be_pasted_and_dropped(self):
        self.choose("gemma3:4b")
        give = """([kind, bytes]) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], `${kind}.png`, {type: 'image/png'}));
          const name = kind === 'paste' ? 'clipboardData' : 'dataTransfer';
          const event = kind === 'paste' ? new ClipboardEvent(kind, {bubbles: true, cancelable: true, clipboardData: data}) :
                                           new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: data});
          document.getElementById(kind === 'paste' ? 'prompt' : 'main').dispatchEvent(event);
        }"""
        expect(self.button("Attach pictures")).to_be_visible()
        for count, kind in enumerate(("paste", "drop"), 1):
            self.page.evaluate(give, [kind, list(PIXEL)])
            expect(self.page.locator("#attachments li")).to_have_count(count)
        self.button("Remove paste.png").click()
        expect(self.page.locator("#attachments li")).to_have_count(1)


class Conversations(PageCase):
    def test_conversations_outlast_a_reload(self):
        self.ask("What is a llama?", "An animal.")
        self.page.keyboard.press("Control+Shift+O")
        self.ask("And a cria?", "A young one.")
        self.page.reload()
        expect(self.questions).to_have_text(["And a cria?"])
        expect(self.answers.last).to_contain_text("A young one.")
        expect(self.page.locator(".conversation-title")).to_have_text(["And a cria?", "What is a llama?"])
        self.page.locator(".conversation").nth(1).click()
        expect(self.answers.last).to_contain_text("An animal.")

    def test_a_reload_in_the_middle_keeps_what_had_come(self):
        self.ask("Hello", "One two", "three", holds=1)
        expect(self.answers.last).to_contain_text("One two")
        self.page.wait_for_timeout(2000)  # longer than the page takes to save
        self.page.reload()
        expect(self.answers.last).to_contain_text("One two")
        expect(self.answers.last).to_contain_text("Stopped.")

    def test_conversations_can_be_renamed_and_deleted(self):
        self.ask("Hello", "Hi")
        row = self.page.locator("#conversation-list li")
        row.hover()
        self.button("Rename “Hello”").click()
        self.page.keyboard.type("Greeting")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".conversation-title")).to_have_text(["Greeting"])
        row.hover()
        self.button("Delete “Greeting”").click()
        expect(self.page.locator(".conversation-title")).to_have_count(0)
        self.button("Undo").click()
        expect(self.answers.last).to_contain_text("Hi")

    def test_conversations_go_from_one_browser_to_another(self):
        self.ask("Hello", "Hi")
        with self.page.expect_download() as download:
            self.button("Export all conversations").click()
        path = download.value.path()
        self.assertEqual(json.loads(path.read_text())["format"], "cria-conversations")
        content = {"name": "file.json", "mimeType": "application/json", "buffer": path.read_bytes()}
        self.context.close()
        self.open()
        self.page.set_input_files("#import-file", content)
        expect(self.page.locator("#toast")).to_contain_text("1 conversation imported")
        self.page.locator(".conversation").click()
        expect(self.answers.last).to_contain_text("Hi")
        self.page.set_input_files("#import-file", {**content, "buffer": b"{}"})
        expect(self.page.locator("#toast")).to_contain_text("holds no conversations")

    def test_another_tab_sees_what_is_new(self):
        first = self.page
        self.visit()
        self.ask("Hello", "Hi")
        expect(first.locator(".conversation-title")).to_have_text(["Hello"])

    def test_the_model_is_remembered(self):
        self.choose("gemma3:4b")
        self.page.reload()
        expect(self.page.locator("#model")).to_have_value("gemma3:4b")

    def test_parameters_go_with_the_request(self):
        self.choose("qwen3:0.6b")
        expect(self.page.locator("#model-details")).to_contain_text("thinking")
        self.button("Parameters").click()
        self.page.get_by_label("Temperature").fill("9")
        self.button("Save").click()
        expect(self.page.get_by_text("Temperature: 9 is not between 0 and 5")).to_be_visible()
        self.page.get_by_label("Temperature").fill("0.2")
        self.page.get_by_label("Seed").fill("7")
        self.page.get_by_label("System text").fill("Be brief")
        self.page.get_by_label("Thinking").select_option("low")
        self.page.get_by_label("Keep loaded").fill("1h")
        self.button("Save").click()
        self.ask("Hello", "Hi")
        request = self.server.requests[0]
        self.assertEqual(request["options"], {"temperature": 0.2, "seed": 7})
        self.assertEqual((request["think"], request["keep_alive"]), ("low", "1h"))
        self.assertEqual(request["messages"][0], {"role": "system", "content": "Be brief"})


if __name__ == "__main__":
    unittest.main()
