// The client "@langchain/ollama".

import { ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOllama, OllamaEmbeddings } from "@langchain/ollama";
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { z } from "zod";
import { collect, createToolModel, model, ollama, Person, question, url } from "./support.mjs";

const settings = { baseUrl: url, model, temperature: 0, numPredict: 12, maxRetries: 0 };
let toolModel;

before(async () => {
  toolModel = await createToolModel("langchain-tools");
});

test("invokes and streams", async () => {
  const chat = new ChatOllama(settings);
  const whole = await chat.invoke(question);
  assert.equal(whole.usage_metadata.output_tokens, 12);
  const parts = await collect(await chat.stream(question));
  assert.ok(parts.length > 2);
  assert.equal(parts.map((part) => part.content).join(""), whole.content);
  const direct = await ollama.chat({ model, messages: [{ role: "user", content: question }], options: { temperature: 0, num_predict: 12 } });
  assert.equal(direct.message.content, whole.content);
});

test("binds tools and tells their results", async () => {
  const weather = tool(() => "sunny", { name: "get_weather", description: "Tells the weather", schema: z.object({ city: z.string() }) });
  const bound = new ChatOllama({ ...settings, model: toolModel }).bindTools([weather]);
  const first = await bound.invoke(question);
  assert.ok(first.content !== "" || first.tool_calls.length > 0);
  const called = { role: "assistant", content: "", tool_calls: [{ id: "c1", name: "get_weather", args: { city: "Paris" }, type: "tool_call" }] };
  const after = await bound.invoke([{ role: "user", content: question }, called, new ToolMessage({ content: "sunny", tool_call_id: "c1", name: "get_weather" })]);
  assert.ok(after.usage_metadata.input_tokens > first.usage_metadata.input_tokens);
  await assert.rejects(new ChatOllama(settings).bindTools([weather]).invoke(question), /does not support tools/);
});

test("answers to a schema", async () => {
  const structured = new ChatOllama({ ...settings, numPredict: 200 }).withStructuredOutput(Person, { method: "jsonSchema" });
  Person.parse(await structured.invoke("Who was Ada Lovelace?"));
});

test("embeds", async () => {
  const embeddings = new OllamaEmbeddings({ baseUrl: url, model });
  const vectors = await embeddings.embedDocuments(["The sky is blue.", "The sea is wet."]);
  assert.deepEqual(vectors.map((vector) => vector.length), [576, 576]);
  assert.deepEqual(await embeddings.embedQuery("The sky is blue."), vectors[0]);
});

test("tells of unknown models", async () => {
  await assert.rejects(new ChatOllama({ ...settings, model: "nobody" }).invoke(question), /model 'nobody' not found/);
});
