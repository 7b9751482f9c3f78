// The same seed and options: the same bytes, alone or among others.

import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, model, ollama } from "./support.mjs";

const ask = async (seed) => {
  const told = await ollama.chat({ model, messages: asked, options: { seed, temperature: 1.2, num_predict: 40 } });
  return told.message.content;
};

test("answers the same in company", async () => {
  const alone = await ask(7);
  const seeds = [1, 7, 2, 7, 3, 4, 5, 7];
  const told = await Promise.all(seeds.map(ask));
  seeds.forEach((seed, i) => assert.equal(told[i] === alone, seed === 7, `answer ${i}, of seed ${seed}`));
});
