// What the tests of clients share: where the server is, and models of ours. scripts/check_clients starts the server.

import assert from "node:assert/strict";
import { Ollama } from "ollama";
import { z } from "zod";

export const url = process.env.CRIA_TEST_URL ?? assert.fail("CRIA_TEST_URL is not set: scripts/check_clients runs this");
export const store = process.env.CRIA_TEST_STORE;
export const model = "smollm2:135m";
export const ollama = new Ollama({ host: url });

// Of a small model little can be foretold but that the same question has the same answer.
export const question = "Why is the sky blue?";
export const asked = [{ role: "user", content: question }];
export const greedy = { temperature: 0, num_predict: 12 };

export const Person = z.object({ name: z.string().max(20), age: z.number().int().min(0).max(120) });
export const personSchema = z.toJSONSchema(Person);

export const weather = {
  name: "get_weather",
  description: "Tells the weather of a city",
  parameters: {
    type: "object",
    properties: { city: { type: "string", maxLength: 20 }, days: { type: "integer", minimum: 1, maximum: 7 } },
    required: ["city", "days"],
    additionalProperties: false,
  },
};
export const weatherTool = { type: "function", function: weather };

export function checkWeather(given) {
  assert.deepEqual(Object.keys(given).sort(), ["city", "days"]);
  assert.equal(typeof given.city, "string");
  assert.ok(Number.isInteger(given.days) && given.days >= 1 && given.days <= 7, given.days);
}

const toolTemplate = `{{- range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}
{{- range .ToolCalls }}
<tool_call>
{"name": "{{ .Function.Name }}", "arguments": {{ .Function.Arguments }}}
</tool_call>
{{- end }}<|im_end|>
{{ end }}
{{- if .Tools }}<|im_start|>system
Tools that you may call:
{{ range .Tools }}{{ . }}
{{ end }}Call one by {"name": NAME, "arguments": {...}} between <tool_call> and </tool_call>.<|im_end|>
{{ end }}<|im_start|>assistant
`;

// A model of that name that knows of tools; each file of tests has one of its own, as they run beside each other.
export async function createToolModel(name) {
  await ollama.create({ model: name, from: model, template: toolTemplate, parameters: { stop: ["<|im_end|>"] } });
  return name;
}

export async function collect(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

// Fails after some seconds, so that no test waits for ever.
export async function until(condition, what, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`not within ${seconds} s: ${what}`);
}
