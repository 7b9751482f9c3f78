// The client "openai": everything but chat completions.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { checkWeather, collect, createToolModel, model, Person, question, url, weather } from "./support.mjs";

const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
let toolModel;

before(async () => {
  toolModel = await createToolModel("openai-more-tools");
});

test("completes texts and ids of tokens", async () => {
  const complete = (prompt, more) => openai.completions.create({ model, prompt, max_tokens: 4, temperature: 0, raw: true, ...more });
  const texts = (answer) => answer.choices.map((choice) => choice.text);
  const [count, sky] = texts(await complete(["1, 2, 3, 4,", "The sky is"]));
  assert.match(count, /^ 5/);
  assert.deepEqual(texts(await complete("The sky is")), [sky]);
  assert.deepEqual(texts(await complete("The sky is", { echo: true })), ["The sky is" + sky]);
  const asked = await fetch(`${url}/api/tokenize`, { method: "POST", body: JSON.stringify({ model, text: "1, 2, 3, 4," }) });
  assert.deepEqual(texts(await complete((await asked.json()).tokens)), [count]);
  const parts = await collect(await complete("The sky is", { stream: true }));
  assert.equal(parts.map((part) => part.choices[0]?.text ?? "").join(""), sky);
});

test("embeds, as numbers and as bytes", async () => {
  const input = ["The sky is blue.", "The sea is wet."];
  const numbers = await openai.embeddings.create({ model, input, encoding_format: "float" });
  const bytes = await openai.embeddings.create({ model, input });  // the client asks for base64, and decodes it
  assert.equal(numbers.data.length, 2);
  for (const [i, { embedding }] of numbers.data.entries()) {
    assert.equal(embedding.length, 576);
    assert.deepEqual(Array.from(bytes.data[i].embedding), Array.from(new Float32Array(embedding)));
  }
  assert.ok(numbers.usage.prompt_tokens > 0);
});

test("lists models", async () => {
  const all = await collect(await openai.models.list());
  assert.ok(all.some((one) => one.id === model));
  assert.equal((await openai.models.retrieve(model)).id, model);
  await assert.rejects(openai.models.retrieve("nobody"), OpenAI.NotFoundError);
});

test("responds, whole and in events", async () => {
  const request = { model, input: question, instructions: "Be brief.", max_output_tokens: 12, temperature: 0 };
  const whole = await openai.responses.create(request);
  assert.equal(whole.status, "incomplete");
  assert.equal(whole.usage.output_tokens, 12);
  const events = await collect(await openai.responses.create({ ...request, stream: true }));
  assert.equal(events[0].type, "response.created");
  assert.equal(events.filter((event) => event.type === "response.output_text.delta").map((event) => event.delta).join(""), whole.output_text);
  assert.equal(events.at(-1).type, "response.incomplete");
  const final = await openai.responses.stream(request).finalResponse();
  assert.equal(final.output_text, whole.output_text);
});

test("responds to schemas and with calls of tools", async () => {
  const told = await openai.responses.parse({ model, input: question, max_output_tokens: 200, text: { format: zodTextFormat(Person, "person") } });
  Person.parse(told.output_parsed);
  const called = await openai.responses.create({ model: toolModel, input: question, max_output_tokens: 200, tools: [{ type: "function", ...weather, strict: true }], tool_choice: "required", parallel_tool_calls: false });
  const calls = called.output.filter((item) => item.type === "function_call");
  assert.equal(calls.length, 1);
  checkWeather(JSON.parse(calls[0].arguments));
  await assert.rejects(openai.responses.create({ model: "nobody", input: "x" }), OpenAI.NotFoundError);
  await assert.rejects(openai.responses.create({ model, input: "x", previous_response_id: "resp_1" }), OpenAI.BadRequestError);
});
