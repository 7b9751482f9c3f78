import assert from 'node:assert/strict';
import {test} from 'node:test';

import {kParameters, optionsOf} from '../../web/chat/parameters.mjs';

const parse = (name, text) => kParameters.find((parameter) => parameter.name === name).parse(text);

test('values are what the API takes', () => {
  assert.equal(parse('temperature', '0.7'), 0.7);
  assert.equal(parse('top_k', '40'), 40);
  assert.equal(parse('seed', '−1'), -1);
  assert.equal(parse('think', 'true'), true);
  assert.equal(parse('think', 'high'), 'high');
  assert.equal(parse('keep_alive', '1h30m'), '1h30m');
  assert.equal(parse('keep_alive', '−1'), -1);
  assert.equal(parse('keep_alive', '0'), 0);
});

test('others are refused with the name, the value and what is expected', () => {
  const refused = [['temperature', 'warm'], ['temperature', '-1'], ['top_p', '1.1'], ['top_k', '1.5'], ['num_ctx', '0'], ['seed', '1e400'],
                   ['seed', '99999999999'], ['think', 'constructor'], ['keep_alive', 'soon'], ['keep_alive', '5 m'], ['num_predict', ' ']];
  for (const [name, text] of refused) {
    const {label} = kParameters.find((parameter) => parameter.name === name);
    assert.throws(() => parse(name, text), (error) => error.message.startsWith(`${label}: `) && error.message.includes(text), `${name} ${text}`);
  }
});

test('only what is set is sent', () => {
  assert.deepEqual(optionsOf({}), {});
  assert.deepEqual(optionsOf({system: 's', temperature: 0, keep_alive: 0}), {options: {temperature: 0}});
});
