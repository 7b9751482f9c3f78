// The client "ollama": what it asks models.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { asked, checkWeather, collect, createToolModel, greedy, model, ollama, Person, personSchema, question, until, weatherTool } from "./support.mjs";

const chat = { model, messages: asked, options: greedy };
const generate = { model, prompt: question, options: greedy };
let toolModel;

before(async () => {
  toolModel = await createToolModel("ollama-tools");
});

test("chats, whole and in pieces", async () => {
  const whole = await ollama.chat(chat);
  assert.equal(whole.message.role, "assistant");
  assert.ok(whole.message.content.length > 0);
  assert.equal(whole.eval_count, 12);
  assert.equal(whole.done_reason, "length");
  const parts = await collect(await ollama.chat({ ...chat, stream: true }));
  assert.ok(parts.length > 2);
  assert.equal(parts.map((part) => part.message.content).join(""), whole.message.content);
  assert.deepEqual(parts.map((part) => part.done), [...parts.slice(1).map(() => false), true]);
  assert.equal(parts.at(-1).prompt_eval_count, whole.prompt_eval_count);
});

test("generates, and goes on from a context", async () => {
  const whole = await ollama.generate({ ...generate, system: "Be brief." });
  assert.ok(whole.response.length > 0);
  const parts = await collect(await ollama.generate({ ...generate, system: "Be brief.", stream: true }));
  assert.equal(parts.map((part) => part.response).join(""), whole.response);
  assert.deepEqual(parts.at(-1).context, whole.context);
  const more = await ollama.generate({ ...generate, prompt: "And at night?", context: whole.context });
  assert.deepEqual(more.context.slice(0, whole.context.length), whole.context);
  const raw = await ollama.generate({ ...generate, prompt: "1, 2, 3, 4,", raw: true });
  assert.match(raw.response, /^ 5/);
});

test("tells probabilities", async () => {
  const told = await ollama.generate({ ...generate, logprobs: true, top_logprobs: 2 });
  assert.equal(told.logprobs.length, 12);
  assert.equal(told.logprobs.map((one) => one.token).join(""), told.response);
  assert.equal(told.logprobs[0].top_logprobs.length, 2);
});

test("stops when it is told to", async () => {
  // An answer that would take long, of a model of its own, so that ps tells whether it goes on.
  await ollama.copy({ source: model, destination: "aborted" });
  const stream = await ollama.chat({ ...chat, model: "aborted", format: "regex:[a-z]{4000}", options: { num_predict: -1 }, stream: true });
  let parts = 0;
  await assert.rejects(async () => {
    for await (const part of stream) {
      assert.ok(!part.done, "the answer ended by itself");
      if (++parts === 3) stream.abort();
    }
  }, { name: "AbortError" });
  assert.equal(parts, 3);
  const users = async () => (await ollama.ps()).models.find((one) => one.name === "aborted:latest").in_use;
  await until(async () => (await users()) === 0, "the answer's end in the server", 5);
  await ollama.delete({ model: "aborted" });
});

test("answers to a schema", async () => {
  const told = await ollama.chat({ ...chat, format: personSchema, options: { temperature: 0.8, seed: 1, num_predict: 200 } });
  Person.parse(JSON.parse(told.message.content));
  const any = await ollama.generate({ ...generate, prompt: "Answer in JSON: the colours of a flag", format: "json", options: { temperature: 0, num_predict: 400 } });
  if (any.done_reason === "stop") JSON.parse(any.response);
  await assert.rejects(ollama.chat({ ...chat, format: { type: "object", if: {} } }), { name: "ResponseError", status_code: 400, message: /if/ });
});

test("takes tools, their calls and their results", async () => {
  const whole = await ollama.chat({ ...chat, model: toolModel, tools: [weatherTool] });
  assert.ok(whole.message.content !== "" || whole.message.tool_calls.length > 0);
  const call = { function: { name: "get_weather", arguments: { city: "Paris", days: 2 } } };
  checkWeather(call.function.arguments);
  const messages = [...asked, { role: "assistant", content: "", tool_calls: [call] }, { role: "tool", tool_name: "get_weather", content: "sunny" }];
  const after = await ollama.chat({ ...chat, model: toolModel, messages, tools: [weatherTool] });
  assert.ok(after.prompt_eval_count > whole.prompt_eval_count);
  await assert.rejects(ollama.chat({ ...chat, tools: [weatherTool] }), { name: "ResponseError", status_code: 400, message: /does not support tools/ });
});

test("refuses to think with a model that does not", async () => {
  await assert.rejects(ollama.chat({ ...chat, think: true }), { name: "ResponseError", status_code: 400, message: /does not support thinking/ });
  assert.equal((await ollama.chat({ ...chat, think: false })).message.thinking, undefined);
});

test("embeds", async () => {
  const told = await ollama.embed({ model, input: ["The sky is blue.", "The sea is wet."] });
  assert.equal(told.embeddings.length, 2);
  for (const vector of told.embeddings) {
    assert.equal(vector.length, 576);
    assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-4);
  }
  const one = await ollama.embed({ model, input: "The sky is blue." });
  assert.deepEqual(one.embeddings, told.embeddings.slice(0, 1));
  assert.equal((await ollama.embeddings({ model, prompt: "The sky is blue." })).embedding.length, 576);
});

test("tells of unknown models, in streams too", async () => {
  const unknown = { name: "ResponseError", status_code: 404, message: "model 'nobody' not found" };
  await assert.rejects(ollama.chat({ ...chat, model: "nobody" }), unknown);
  await assert.rejects(ollama.chat({ ...chat, model: "nobody", stream: true }), unknown);
  await assert.rejects(ollama.generate({ ...generate, model: "nobody" }), unknown);
  await assert.rejects(ollama.embed({ model: "nobody", input: "x" }), unknown);
});
