import assert from 'node:assert/strict';
import {test} from 'node:test';

import {BadLine, readObjects} from '../../web/ndjson.mjs';
import {collect, streamOf} from './support.mjs';

const objects = [{message: {content: 'a\nb'}}, {message: {content: 'Größe 🦙 \u2028'}}, {done: true}];
const bytes = new TextEncoder().encode(objects.map((object) => JSON.stringify(object)).join('\n') + '\n');

test('objects come out whole wherever the bytes are cut', async () => {
  for (let cut = 0; cut <= bytes.length; ++cut) {
    const stream = new ReadableStream({start(controller) {
      controller.enqueue(bytes.slice(0, cut));
      controller.enqueue(bytes.slice(cut));
      controller.close();
    }});
    assert.deepEqual(await collect(readObjects(stream)), objects);
  }
});

test('objects come out whole from pieces of every size', async () => {
  for (let size = 1; size <= bytes.length; ++size) assert.deepEqual(await collect(readObjects(streamOf(bytes, size))), objects);
});

test('a last line needs no end, and empty lines are passed over', async () => {
  const stream = streamOf(new TextEncoder().encode('\n{"a":1}\r\n\n{"b":2}'), 3);
  assert.deepEqual(await collect(readObjects(stream)), [{a: 1}, {b: 2}]);
});

test('objects are there before the stream has ended', async () => {
  let controller;
  const reader = readObjects(new ReadableStream({start(given) { controller = given; }}));
  controller.enqueue(new TextEncoder().encode('{"a":1}\n{"b"'));
  assert.deepEqual((await reader.next()).value, {a: 1});
});

test('what is no object is refused with its text', async () => {
  for (const line of ['<html>', '{"a":', '12', 'null', '"text"']) {
    await assert.rejects(collect(readObjects(streamOf(new TextEncoder().encode(`${line}\n`), 5))),
        (error) => error instanceof BadLine && error.message.includes(line));
  }
});

test('a reader that stops early cancels the stream', async () => {
  let cancelled = false;
  const stream = new ReadableStream({
    start(controller) { controller.enqueue(new TextEncoder().encode('{"a":1}\n')); },
    cancel() { cancelled = true; },
  });
  for await (const object of readObjects(stream)) {
    assert.deepEqual(object, {a: 1});
    break;
  }
  assert.equal(cancelled, true);
});

test('a line without an end is cut off', async () => {
  const piece = new TextEncoder().encode('x'.repeat(1024 * 1024));
  const stream = new ReadableStream({pull(controller) { controller.enqueue(piece); }});
  await assert.rejects(collect(readObjects(stream)), BadLine);
});
