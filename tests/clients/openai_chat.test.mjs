// The client "openai": chat completions.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { asked, checkWeather, collect, createToolModel, model, Person, url, weather, weatherTool } from "./support.mjs";

const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
const chat = { model, messages: asked, max_tokens: 12, temperature: 0 };
const ask = (more) => openai.chat.completions.create({ ...chat, ...more });
let toolModel;

before(async () => {
  toolModel = await createToolModel("openai-tools");
});

test("answers, whole and in pieces", async () => {
  const whole = await ask();
  assert.equal(whole.object, "chat.completion");
  assert.equal(whole.choices[0].finish_reason, "length");
  assert.equal(whole.usage.completion_tokens, 12);
  const parts = await collect(await ask({ stream: true, stream_options: { include_usage: true } }));
  const text = parts.map((part) => part.choices[0]?.delta.content ?? "").join("");
  assert.equal(text, whole.choices[0].message.content);
  assert.deepEqual(parts.at(-1).choices, []);
  assert.equal(parts.at(-1).usage.total_tokens, whole.usage.total_tokens);
  const helper = openai.chat.completions.stream({ ...chat });
  assert.equal(await helper.finalContent(), text);
});

test("answers n times, and the same to the same seed", async () => {
  const wanted = { n: 3, temperature: 1, seed: 11 };
  const texts = (answer) => answer.choices.map((choice) => choice.message.content);
  const first = await ask(wanted);
  assert.deepEqual(first.choices.map((choice) => choice.index), [0, 1, 2]);
  assert.ok(new Set(texts(first)).size > 1);
  assert.deepEqual(texts(await ask(wanted)), texts(first));
});

test("tells probabilities, bans tokens, and stops", async () => {
  const free = await ask({ logprobs: true, top_logprobs: 3 });
  const told = free.choices[0].logprobs.content;
  assert.equal(told.length, 12);
  assert.equal(told[0].top_logprobs.length, 3);
  assert.ok(told.every((one) => one.logprob <= 0));
  const first = told[0].token;
  const { tokens } = await (await fetch(`${url}/api/tokenize`, { method: "POST", body: JSON.stringify({ model, text: first }) })).json();
  const banned = await ask({ logit_bias: { [tokens.at(-1)]: -100 }, logprobs: true });
  assert.ok(banned.choices[0].logprobs.content.every((one) => one.token !== first));
  const word = told[3].token;
  const stopped = await ask({ stop: [word] });
  assert.equal(stopped.choices[0].finish_reason, "stop");
  assert.ok(!stopped.choices[0].message.content.includes(word));
});

test("answers to a schema", async () => {
  const told = await openai.chat.completions.parse({ ...chat, max_tokens: 200, response_format: zodResponseFormat(Person, "person") });
  Person.parse(told.choices[0].message.parsed);
  await assert.rejects(ask({ response_format: { type: "json_schema", json_schema: { name: "x", schema: { if: {} } } } }), OpenAI.BadRequestError);
});

test("calls tools that have to be called", async () => {
  const wanted = { model: toolModel, tools: [weatherTool], max_tokens: 200 };
  for (const tool_choice of ["required", { type: "function", function: { name: "get_weather" } }]) {
    const [choice] = (await ask({ ...wanted, tool_choice })).choices;
    assert.equal(choice.finish_reason, "tool_calls");
    assert.equal(choice.message.tool_calls[0].function.name, "get_weather");
    checkWeather(JSON.parse(choice.message.tool_calls[0].function.arguments));
  }
  const none = await ask({ ...wanted, tool_choice: "none", max_tokens: 12 });
  assert.equal(none.choices[0].message.tool_calls, undefined);
  const helper = openai.chat.completions.stream({ ...chat, ...wanted, tool_choice: "required", parallel_tool_calls: false });
  const { tool_calls } = await helper.finalMessage();
  assert.equal(tool_calls.length, 1);
  checkWeather(JSON.parse(tool_calls[0].function.arguments));
});

test("runs tools and is told what they say", async () => {
  const seen = [];
  const run = (given) => (seen.push(given), "sunny");
  const tool = { type: "function", function: { ...weather, function: run, parse: JSON.parse } };
  const runner = openai.chat.completions.runTools({ ...chat, max_tokens: 200, model: toolModel, tools: [tool], tool_choice: { type: "function", function: { name: "get_weather" } }, parallel_tool_calls: false });
  await runner.done();
  assert.equal(seen.length, 1);
  checkWeather(seen[0]);
  assert.ok(runner.messages.some((message) => message.role === "tool" && message.content === "sunny"));
});

test("turns errors into the client's", async () => {
  await assert.rejects(ask({ model: "nobody" }), OpenAI.NotFoundError);
  await assert.rejects(ask({ model: "nobody", stream: true }), OpenAI.NotFoundError);
  await assert.rejects(ask({ temperature: 9 }), (error) => error instanceof OpenAI.BadRequestError && /temperature/.test(error.message));
  await assert.rejects(ask({ tools: [weatherTool] }), (error) => error instanceof OpenAI.BadRequestError && /does not support tools/.test(error.message));
});
