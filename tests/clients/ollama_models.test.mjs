// The client "ollama": what it does with the models of the store.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { asked, collect, greedy, model, ollama, store, until, url } from "./support.mjs";

const names = async () => (await ollama.list()).models.map((one) => one.name);

test("lists and shows", async () => {
  const one = (await ollama.list()).models.find((each) => each.name === model);
  assert.equal(one.details.family, "llama");
  assert.ok(one.size > 90e6);
  const shown = await ollama.show({ model });
  assert.ok(shown.capabilities.includes("completion"));
  assert.equal(shown.details.quantization_level, "Q4_1");
  assert.equal(shown.model_info["general.architecture"], "llama");
  assert.match(shown.license, /Apache License/);
  await assert.rejects(ollama.show({ model: "nobody" }), { name: "ResponseError", status_code: 404 });
  assert.match((await ollama.version()).version, /^\d+\.\d+\.\d+/);
});

test("copies and deletes", async () => {
  await ollama.copy({ source: model, destination: "me/copied:1" });
  assert.ok((await names()).includes("me/copied:1"));
  assert.deepEqual(await ollama.delete({ model: "me/copied:1" }), { status: "success" });
  assert.ok(!(await names()).includes("me/copied:1"));
  await assert.rejects(ollama.delete({ model: "me/copied:1" }), { name: "ResponseError", status_code: 404 });
  await assert.rejects(ollama.copy({ source: "nobody", destination: "x" }), { name: "ResponseError", status_code: 404 });
});

test("creates from another model", async () => {
  const messages = [{ role: "user", content: "Who are you?" }, { role: "assistant", content: "A parrot." }];
  const request = { model: "parrot", from: model, system: "You are a parrot.", parameters: { temperature: 0, num_predict: 4, stop: ["squawk", "x"] }, messages, license: ["mine", "yours"] };
  const steps = await collect(await ollama.create({ ...request, stream: true }));
  assert.equal(steps.at(-1).status, "success");
  const shown = await ollama.show({ model: "parrot" });
  assert.equal(shown.system, "You are a parrot.");
  assert.match(shown.parameters, /^num_predict +4$/m);
  assert.match(shown.parameters, /^stop +"squawk"$/m);
  assert.match(shown.modelfile, /^MESSAGE assistant A parrot\.$/m);
  const told = await ollama.chat({ model: "parrot", messages: asked });
  assert.equal(told.eval_count, 4);
  assert.ok(told.prompt_eval_count > (await ollama.chat({ model, messages: asked, options: greedy })).prompt_eval_count);
  await ollama.delete({ model: "parrot" });
  await assert.rejects(ollama.create({ model: "x", from: "nobody" }), { name: "ResponseError", status_code: 404 });
  await assert.rejects(ollama.create({ model: "x", from: model, parameters: { colour: "red" } }), { name: "ResponseError", status_code: 400, message: /colour/ });
});

test("creates from files", async () => {
  const manifest = JSON.parse(await readFile(`${store}/manifests/registry.ollama.ai/library/smollm2/135m`));
  const blob = manifest.layers.find((layer) => layer.mediaType.endsWith(".model")).digest.replace(":", "-");
  const file = Buffer.concat([await readFile(`${store}/blobs/${blob}`), Buffer.alloc(32)]);  // which the store does not have
  const digest = "sha256:" + createHash("sha256").update(file).digest("hex");
  const sent = await fetch(`${url}/api/blobs/${digest}`, { method: "POST", body: file });
  assert.equal(sent.status, 201);
  const created = await ollama.create({ model: "filed", files: { "model.gguf": digest } });
  assert.equal(created.status, "success");
  const told = await ollama.chat({ model: "filed", messages: asked, options: greedy });
  assert.equal(told.message.content, (await ollama.chat({ model, messages: asked, options: greedy })).message.content);
  await ollama.delete({ model: "filed" });
  await assert.rejects(ollama.create({ model: "filed", files: { "model.gguf": "sha256:" + "0".repeat(64) } }), { name: "ResponseError", message: /no blob/ });
});

test("keeps models in memory as long as it is told to", async () => {
  await ollama.copy({ source: model, destination: "kept" });
  await ollama.generate({ model: "kept", prompt: "", keep_alive: "10m" });
  const loaded = async () => (await ollama.ps()).models.find((one) => one.name === "kept:latest");
  const one = await loaded();
  assert.ok(one.size > 90e6);
  assert.ok(new Date(one.expires_at) > new Date(), one.expires_at);
  await ollama.generate({ model: "kept", prompt: "", keep_alive: 0 });
  await until(async () => !(await loaded()), "the model's end");
  await ollama.delete({ model: "kept" });
});

test("is told that registries are not asked", async () => {
  await assert.rejects(ollama.pull({ model: "nobody/nothing" }), { name: "ResponseError", status_code: 501, message: /registries/ });
  await assert.rejects(ollama.push({ model }), { name: "ResponseError", status_code: 501 });
});
