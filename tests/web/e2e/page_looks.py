"""How the page looks and is used: themes, sizes, keys, screen readers. page_test.py runs these tests."""

from playwright.sync_api import expect

from page_case import PageCase

LONG = "\n\n".join(f"Paragraph {number} with some words in it." for number in range(60))
EVERYTHING = ("## Title\n\nText with `code`, **bold** and a [link](https://example.org).\n\n- [x] done\n- open\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
              "```js\nconst a = f('text', 1);  // why\n```\n\n> quoted\n\n" + "unbroken" * 40)


def ground_of(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


class Looks(PageCase):
    def test_light_and_dark_by_preference_and_by_choice(self):
        light = ground_of(self.page)
        self.page.emulate_media(color_scheme="dark")
        dark = ground_of(self.page)
        self.assertNotEqual(light, dark)
        self.page.get_by_label("Theme").select_option("light")
        self.assertEqual(ground_of(self.page), light)
        self.page.reload()
        self.assertEqual(ground_of(self.page), light)
        self.page.get_by_label("Theme").select_option("auto")
        self.assertEqual(ground_of(self.page), dark)

    def test_everything_can_be_perceived_in_both_themes(self):
        self.choose("qwen3:0.6b")
        self.ask("Show", EVERYTHING, thinking=["Hm"])
        self.page.locator(".thinking summary").click()
        self.ask("Fail", status=400, error="no such option")
        for theme in ("light", "dark"):
            self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            self.check_accessibility(theme)
            for name in ("Parameters", "Keyboard shortcuts"):
                self.button(name).click()
                self.check_accessibility(f"{theme}, {name}")
                self.page.keyboard.press("Escape")
                expect(self.page.get_by_role("dialog")).to_have_count(0)

    def test_an_empty_page_can_be_perceived(self):
        for theme in ("light", "dark"):
            self.page.emulate_media(color_scheme=theme)
            self.check_accessibility(theme)

    def test_motion_is_left_out_on_request(self):
        self.page.emulate_media(reduced_motion="reduce")
        self.ask("Hello", "Hi", "more", holds=1)
        moving = "document.getAnimations().filter(({playState}) => playState === 'running').length"
        expect(self.answers.last).to_contain_text("Hi")
        self.assertEqual(self.page.evaluate(moving), 0)

    def test_the_end_is_followed_until_the_reader_scrolls_away(self):
        reply = self.ask("Hello", LONG, "\n\nThe end.", "\n\nReally.", holds=1)
        at_end = "(() => { const m = document.getElementById('main'); return m.scrollHeight - m.scrollTop - m.clientHeight < 60; })()"
        expect(self.answers.last).to_contain_text("Paragraph 59")
        self.until(at_end)
        self.page.locator("#main").hover()
        self.page.mouse.wheel(0, -900)
        expect(self.button("Latest")).to_be_visible()
        before = self.page.evaluate("document.getElementById('main').scrollTop")
        reply.release()
        expect(self.answers.last).to_contain_text("Really.")
        self.assertLess(abs(self.page.evaluate("document.getElementById('main').scrollTop") - before), 60)
        self.button("Latest").click()
        self.until(at_end)

    def test_screen_readers_are_told_sparingly(self):
        self.page.evaluate("""() => {
          window.told = [];
          new MutationObserver(() => told.push(document.getElementById('live').textContent))
              .observe(document.getElementById('live'), {childList: true, characterData: true, subtree: true});
        }""")
        self.ask("Hello", *["word "] * 200)
        told = self.page.evaluate("told")
        self.assertLessEqual(len(told), 4)
        self.assertEqual(told[0], "The answer begins.")
        self.assertTrue(told[-1].endswith("End of the answer."))


class Keyboard(PageCase):
    def test_the_page_can_be_used_without_a_mouse(self):
        expect(self.page.locator("#prompt")).to_be_focused()
        self.page.keyboard.type("One")
        self.page.keyboard.press("Shift+Enter")
        self.page.keyboard.type("Two")
        self.page.keyboard.press("Enter")
        expect(self.questions).to_have_text(["One\nTwo"])
        expect(self.page.locator("#prompt")).to_be_focused()
        expect(self.answers.last).to_contain_text("You said")
        self.page.keyboard.press("ArrowUp")
        expect(self.page.get_by_label("Edit the message")).to_be_focused()
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_label("Edit the message")).to_have_count(0)
        self.page.keyboard.press("Control+/")
        expect(self.page.get_by_role("dialog")).to_contain_text("Stop the answer")
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_role("dialog")).to_have_count(0)
        self.page.keyboard.press("Alt+m")
        expect(self.page.locator("#prompt")).to_be_focused()
        self.page.keyboard.press("Control+Shift+O")
        expect(self.questions).to_have_count(0)

    def test_tab_reaches_everything_in_the_order_of_the_page(self):
        self.ask("Hello", "Hi `x`")
        self.page.reload()
        expect(self.answers.last).to_contain_text("Hi")
        self.page.locator(".skip").focus()
        names = []
        for _ in range(30):
            self.page.keyboard.press("Tab")
            name = self.page.evaluate("(() => { const e = document.activeElement; return e === document.body ? '' : e.id || e.getAttribute('aria-label') || e.textContent; })()")
            if not name:
                break
            names.append(name)
        wanted = ["new-conversation", "Hello", "Rename “Hello”", "Export “Hello”", "Delete “Hello”", "theme", "import", "export", "show-shortcuts",
                  "model", "open-parameters", "main", "Copy", "Edit and send again", "Delete", "Copy", "Answer again", "Delete", "prompt"]
        self.assertEqual(names, wanted)

    def test_enter_does_not_send_while_letters_are_composed(self):
        self.page.fill("#prompt", "ni")
        self.page.evaluate("document.getElementById('prompt').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))")
        expect(self.page.locator("#prompt")).to_have_value("ni")
        expect(self.questions).to_have_count(0)


class Phone(PageCase):
    options = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}

    def test_the_page_fits_a_narrow_screen(self):
        self.check_fits()
        self.page.fill("#prompt", "Show")
        self.server.reply(EVERYTHING)
        self.page.tap("#send")
        expect(self.answers.last).to_contain_text("quoted")
        self.check_fits()
        self.check_accessibility("phone")
        self.button("Parameters").or_(self.page.locator("#open-parameters")).first.tap()
        self.check_fits()

    def test_the_list_is_a_drawer(self):
        expect(self.page.locator("#sidebar")).not_to_be_in_viewport()
        self.button("Conversations").tap()
        expect(self.page.locator("#sidebar")).to_be_in_viewport()
        expect(self.button("Close the list of conversations")).to_be_focused()
        self.check_accessibility("drawer")
        self.page.keyboard.press("Escape")
        expect(self.page.locator("#sidebar")).not_to_be_in_viewport()
        expect(self.button("Conversations")).to_be_focused()


class Enlarged(PageCase):
    options = {"viewport": {"width": 640, "height": 400}}  # what 200 % make of 1280 by 800

    def test_twice_the_size_fits(self):
        self.ask("Show", EVERYTHING)
        self.check_fits()
        self.check_accessibility("enlarged")
        box = self.page.locator("#main").bounding_box()
        self.assertGreater(box["height"], 150)
