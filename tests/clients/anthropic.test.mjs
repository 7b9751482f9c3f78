// The client "@anthropic-ai/sdk".

import Anthropic from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { asked, checkWeather, collect, createToolModel, model, url, weather } from "./support.mjs";

const anthropic = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });
const request = { model, max_tokens: 12, messages: asked, temperature: 0 };
const tools = [{ name: weather.name, description: weather.description, input_schema: weather.parameters }];
let toolModel;

before(async () => {
  toolModel = await createToolModel("anthropic-tools");
});

test("answers, whole and in events", async () => {
  const whole = await anthropic.messages.create({ ...request, system: "Be brief." });
  assert.equal(whole.role, "assistant");
  assert.equal(whole.stop_reason, "max_tokens");
  assert.equal(whole.usage.output_tokens, 12);
  const streamed = anthropic.messages.stream({ ...request, system: "Be brief." });
  let text = "";
  streamed.on("text", (piece) => (text += piece));
  const final = await streamed.finalMessage();
  assert.equal(text, whole.content[0].text);
  assert.deepEqual(final.content, whole.content);
  assert.equal(final.stop_reason, "max_tokens");
  assert.equal(final.usage.output_tokens, 12);
  const events = await collect(await anthropic.messages.create({ ...request, stream: true }));
  assert.equal(events[0].type, "message_start");
  assert.equal(events.at(-1).type, "message_stop");
});

test("counts tokens as an answer does", async () => {
  const { input_tokens } = await anthropic.messages.countTokens({ model, messages: asked });
  const { usage } = await anthropic.messages.create(request);
  assert.equal(input_tokens, usage.input_tokens + usage.cache_read_input_tokens);
});

test("stops at a text", async () => {
  const [, ...words] = (await anthropic.messages.create(request)).content[0].text.split(" ");
  const stopped = await anthropic.messages.create({ ...request, stop_sequences: [words[1]] });
  assert.equal(stopped.stop_reason, "stop_sequence");
  assert.equal(stopped.stop_sequence, words[1]);
  assert.ok(!stopped.content[0].text.includes(words[1]));
});

test("calls tools that have to be called", async () => {
  for (const tool_choice of [{ type: "any" }, { type: "tool", name: "get_weather", disable_parallel_tool_use: true }]) {
    const wanted = { ...request, model: toolModel, max_tokens: 200, tools, tool_choice };
    const told = await anthropic.messages.create(wanted);
    assert.equal(told.stop_reason, "tool_use");
    const call = told.content.find((block) => block.type === "tool_use");
    assert.equal(call.name, "get_weather");
    checkWeather(call.input);
    const final = await anthropic.messages.stream(wanted).finalMessage();
    assert.deepEqual(final.content.find((block) => block.type === "tool_use").input, call.input);
    const result = { type: "tool_result", tool_use_id: call.id, content: "sunny" };
    const messages = [...asked, { role: "assistant", content: told.content }, { role: "user", content: [result] }];
    const after = await anthropic.messages.create({ ...wanted, messages, tool_choice: { type: "none" }, max_tokens: 12 });
    assert.ok(after.content.every((block) => block.type === "text"));
  }
});

test("turns errors into the client's", async () => {
  await assert.rejects(anthropic.messages.create({ ...request, model: "nobody" }), Anthropic.NotFoundError);
  await assert.rejects(anthropic.messages.create({ ...request, model: "nobody", stream: true }), Anthropic.NotFoundError);
  await assert.rejects(anthropic.messages.create({ ...request, max_tokens: 0 }), (error) => error instanceof Anthropic.BadRequestError && /max_tokens/.test(error.message));
  await assert.rejects(anthropic.messages.create({ ...request, tools }), Anthropic.BadRequestError);
});
