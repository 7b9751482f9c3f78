"""cria template: prompts that chat templates make."""

import json

import tiny_model
from support import CliTest, cria
from tiny_model import TEXT

CHAT = (
    "{{ if .System }}<|system|>{{ .System }}<|end|>{{ end }}"
    "{{ range .Tools }}[{{ .Function.Name }}]{{ end }}"
    "{{ range .Messages }}{{ if ne .Role \"system\" }}<|{{ .Role }}|>{{ .Content }}"
    "{{ range .ToolCalls }}({{ .Function.Name }} {{ .Function.Arguments }}){{ end }}<|end|>{{ end }}{{ end }}"
    "<|assistant|>{{ if .Think }}<think {{ .ThinkLevel }}>{{ end }}"
)


class Template(CliTest):
    def file(self, name, content):
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def prompt(self, template, messages, *more):
        go, conversation = self.file("t.gotmpl", template), self.file("messages.json", messages)
        return self.succeed("template", "--go", go, "--messages", conversation, *more).out

    def value(self, template, data, *more):
        go, values = self.file("t.gotmpl", template), self.file("data.json", data)
        return self.succeed("template", "--go", go, "--data", values, *more).out

    def test_messages_as_a_list_and_as_a_request(self):
        messages = [{"role": "User", "content": "Hi"}, {"role": "assistant", "content": "Yo", "thinking": None}]
        self.assertEqual(self.prompt(CHAT, messages), "<|user|>Hi<|end|><|assistant|>Yo<|end|><|assistant|>")
        request = {
            "model": "any",
            "stream": False,
            "system": "Be kind.",
            "messages": [
                {"role": "user", "content": "1+1?"},
                {"role": "assistant", "tool_calls": [{"function": {"name": "add", "arguments": {"b": 1, "a": 1}}}]},
                {"role": "tool", "content": "2", "tool_name": "add"},
            ],
            "tools": [{"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}],
            "think": "high",
        }
        self.assertEqual(
            self.prompt(CHAT, request),
            "<|system|>Be kind.<|end|>[add]<|user|>1+1?<|end|>"
            '<|assistant|>(add {"a":1,"b":1})<|end|><|tool|>2<|end|><|assistant|><think high>',
        )

    def test_pictures_are_tags(self):
        messages = [
            {"role": "user", "content": "What is this?", "images": ["AA=="]},
            {"role": "assistant", "content": "A cat."},
            {"role": "user", "content": "And [img]?", "images": ["AA==", "AA=="]},
        ]
        self.assertEqual(
            self.prompt("{{ range .Messages }}{{ .Content }}{{ len .Images }};{{ end }}", messages),
            "[img-0]What is this?1;A cat.0;[img-2]And [img-1]?2;",
        )

    def test_between_two_texts(self):
        template = "{{ if .Suffix }}<P>{{ .Prompt }}<S>{{ .Suffix }}<M>{{ else }}{{ .Prompt }}{{ end }}"
        self.assertEqual(self.prompt(template, {"prompt": "a", "suffix": "b"}), "<P>a<S>b<M>")
        self.assertEqual(self.prompt(template, {"prompt": "a"}), "a")
        go, conversation = self.file("t", "{{ .Prompt }}"), self.file("m", {"prompt": "a", "suffix": "b"})
        self.assertIn("does not support insert", self.fail_with(1, "template", "--go", go, "--messages", conversation).err)

    def test_any_value_is_data(self):
        self.assertEqual(self.value("{{ .a }} {{ .b }} {{ .c }} {{ . }}", {"b": 1e6, "a": 1000000, "c": None}),
                         "1000000 1e+06 <no value> map[a:1000000 b:1e+06 c:<nil>]")
        self.assertEqual(self.value("{{ range . }}<{{ . }}>{{ end }}", [1, "é", True]), "<1><é><true>")
        self.assertEqual(self.value("{{ . }}", "null"), "<no value>")
        self.assertEqual(self.value("{{ printf \"%T\" . }}", "-7"), "int")
        go = self.file("t", "{{ .x }}")
        self.assertEqual(self.succeed("template", "--go", go, "--data", "-", stdin=b'{"x": "[y]"}').out, "[y]")

    def test_the_clock(self):
        dates = "{{ currentDate }} {{ yesterdayDate }}"
        for now in ("2024-03-01", "2024-03-01T23:59", "2024-03-01T00:00:00"):
            self.assertEqual(self.value(dates, {}, "--now", now), "2024-03-01 2024-02-29")
        self.assertRegex(self.value(dates, {}), r"^\d{4}-\d\d-\d\d \d{4}-\d\d-\d\d$")
        go, data = self.file("t", dates), self.file("d", {})
        for now in ("yesterday", "2024-02-30", "2024-03-01x"):
            self.assertIn("--now", self.fail_with(1, "template", "--go", go, "--data", data, "--now", now).err)

    def test_errors_name_the_place(self):
        data = self.file("data.json", {"s": "x"})
        for source, place, what in (
            ("a\n{{ foo }}", ":2:3:", 'function "foo" not defined'),
            ("{{ .s", ":1:", "unclosed action"),
            ("{{ .s.x }}", ":1:3:", "can't evaluate field x in type string"),
            ("{{ range 1000000000 }}{{ end }}", "", "steps"),
        ):
            go = self.file("bad.gotmpl", source)
            err = self.fail_with(1, "template", "--go", go, "--data", data).err
            self.assertIn(what, err)
            self.assertIn(f"bad.gotmpl{place}" if place else "", err)

    def test_conversations_that_are_none(self):
        go = self.file("t", CHAT)
        for messages, what in (
            ("[", "messages.json is no JSON"),
            (5, "expected a list of messages"),
            ([5], "messages[0] is 5, expected an object"),
            ([{"content": "x"}], "messages[0].role is required"),
            ([{"role": "user", "content": 5}], "messages[0].content is 5, expected a text"),
            ([{"role": "user", "tool_calls": [{}]}], "messages[0].tool_calls[0].function is required"),
            ({"messages": [], "think": "very"}, 'think is "very", expected'),
            ({"messages": [], "tools": [{"function": 5}]}, "tools[0].function is 5, expected an object"),
            ("[" * 2000 + "]" * 2000, "nests deeper"),
        ):
            with self.subTest(what):
                conversation = self.file("messages.json", messages)
                self.assertIn(what, self.fail_with(1, "template", "--go", go, "--messages", conversation).err)
        deep = self.file("deep.json", "[" * 2000 + "]" * 2000)
        self.assertIn("nests deeper", self.fail_with(1, "template", "--go", go, "--data", deep).err)

    def test_unknown_fields_are_told(self):
        go, messages = self.file("t", CHAT), self.file("m", [{"role": "user", "content": "x", "colour": 1}])
        self.assertIn('unknown field "messages[0].colour"', self.succeed("template", "--go", go, "--messages", messages).err)

    def test_usage(self):
        go = self.file("t", "")
        self.assertIn("--messages or --data", self.fail_with(2, "template", "--go", go).err)
        self.fail_with(2, "template", "--data", go)
        self.fail_with(2, "template", "--go", go, "--data", go, "--messages", go)
        self.assertIn("cannot open", self.fail_with(1, "template", "--go", "/no/such", "--data", "/no/such").err)


class Jinja(CliTest):
    """Templates in Jinja, and those of models."""

    CHAT = (
        "{{ bos_token }}{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"
        "{% if tools %}{{ tools | length }}{% endif %}{{ '<|assistant|>' if add_generation_prompt }}"
    )

    def file(self, name, content):
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def test_messages_and_data(self):
        jinja, talk = self.file("t.jinja", self.CHAT), self.file("talk.json", [{"role": "user", "content": "Hi"}])
        self.assertEqual(self.succeed("template", "--jinja", jinja, "--messages", talk).out, "<|user|>Hi<|assistant|>")
        data = self.file("data.json", {"messages": [{"role": "x", "content": 1.0}], "bos_token": "^"})
        self.assertEqual(self.succeed("template", "--jinja", jinja, "--data", data).out, "^<|x|>1.0")

    def test_what_a_template_refuses(self):
        talk = self.file("talk.json", [])
        for template, what in (("a\n{{ 1 + '' }}", "t.jinja:2: unsupported operand"), ("{{ raise_exception('No way') }}", "No way"), ("{% if %}", "t.jinja:1: ")):
            self.assertIn(what, self.fail_with(1, "template", "--jinja", self.file("t.jinja", template), "--messages", talk).err)
        self.assertIn("members", self.fail_with(1, "template", "--jinja", self.file("t.jinja", "x"), "--data", talk).err)

    def test_a_models_own(self):
        model = self.folder / "chat.gguf"
        model.write_bytes(tiny_model.changed({"tokenizer.chat_template": (TEXT, self.CHAT)}))
        talk = self.file("talk.json", [{"role": "user", "content": "Hi"}])
        prompt = self.succeed("template", model, "--messages", talk).out
        self.assertTrue(prompt.endswith("<|user|>Hi<|assistant|>"), prompt)
        ids = self.succeed("template", model, "--messages", talk, "--tokens").out.split()
        self.assertGreater(len(ids), 3)
        decoded = self.succeed("detokenize", model, stdin=" ".join(ids).encode())
        self.assertIn("<|user|>Hi<|assistant|>", decoded.out)

    def test_where_templates_come_from(self):
        jinja = self.file("t.jinja", "x")
        for arguments in ([], ["--jinja", jinja, "--go", jinja], ["--jinja", jinja, "--tokens"]):
            self.assertNotEqual(cria("template", *arguments, "--messages", jinja).status, 0)
