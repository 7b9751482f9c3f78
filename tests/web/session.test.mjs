import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Api, ApiError} from '../../web/api.mjs';
import {statisticsOf} from '../../web/chat/answer.mjs';
import {Conversations} from '../../web/chat/conversations.mjs';
import {Session} from '../../web/chat/session.mjs';
import {MemoryShelf} from '../../web/chat/shelf.mjs';
import {Announcer} from '../../web/view/announcer.mjs';
import {collect} from './support.mjs';

const final = {message: {content: ''}, done: true, done_reason: 'stop', eval_count: 10, eval_duration: 5e8, prompt_eval_count: 4};
const text = (content) => ({message: {content}});

// A session whose answers are lists of objects, errors to throw, and promises to wait for.
function session(...answers) {
  const requests = [];
  const api = {async* chat(request, signal) {
    requests.push(request);
    for (const each of answers.shift()) {
      if (each instanceof Error) throw each;
      if (each instanceof Promise) await Promise.race([each, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
      else yield each;
      if (signal.aborted) throw new DOMException('aborted', 'AbortError');
    }
  }};
  const conversations = new Conversations(new MemoryShelf());
  const made = new Session({api, conversations, capabilitiesOf: async () => ['completion'], changed() {}, failed(error) { throw error; }});
  made.create('m');
  return {session: made, requests, conversations};
}

const contents = ({current}) => current.messages.map(({content}) => content);
const forever = () => new Promise(() => {});
const settled = async (made) => { while (made.streams(made.current)) await new Promise(setImmediate); };

test('an answer is written as it comes, and kept', async () => {
  const {session: made, requests, conversations} = session([{message: {thinking: 'h'}}, {message: {thinking: 'm'}}, text('a'), text('b'), final]);
  await made.send('q');
  const {thinking, content, state, statistics} = made.current.messages[1];
  assert.deepEqual([thinking, content, state, statistics.tokens, statistics.tokensPerSecond], ['hm', 'ab', undefined, 10, 20]);
  assert.deepEqual(requests[0].messages, [{role: 'user', content: 'q'}]);
  await conversations.load();
  assert.equal(conversations.list[0].messages[1].content, 'ab');
});

test('a stopped answer keeps what had come', async () => {
  const {session: made} = session([text('a'), forever(), text('b')]);
  const sent = made.send('q');
  await new Promise(setImmediate);
  made.stop();
  await sent;
  assert.deepEqual([made.current.messages[1].content, made.current.messages[1].state, made.current.messages[1].error], ['a', 'stopped', undefined]);
});

test('a failure stands in the answer with what to do', async () => {
  const {session: made} = session([text('a'), new ApiError('interrupted', 'the answer broke off')]);
  await made.send('q');
  const {content, error} = made.current.messages[1];
  assert.deepEqual([content, error.kind, error.text], ['a', 'interrupted', 'The answer broke off.']);
  assert.ok(error.advice);
});

test('regenerating replaces the answer and what followed, and can be undone', async () => {
  const {session: made, requests} = session([text('1'), final], [text('2'), final], [text('3'), final]);
  await made.send('a');
  await made.send('b');
  const undo = await made.regenerate(made.current.messages[1].id);
  await settled(made);
  assert.deepEqual(contents(made), ['a', '3']);
  assert.equal(requests[2].messages.length, 1);
  await undo();
  assert.deepEqual(contents(made), ['a', '1', 'b', '2']);
});

test('editing asks again from there', async () => {
  const {session: made, requests} = session([text('1'), final], [text('2'), final], [text('3'), final]);
  await made.send('a');
  await made.send('b');
  await made.edit(made.current.messages[0].id, 'c');
  await settled(made);
  assert.deepEqual(contents(made), ['c', '3']);
  assert.deepEqual(requests[2].messages, [{role: 'user', content: 'c'}]);
  assert.equal(made.current.title, 'c');
});

test('regenerating while an answer comes stops it first', async () => {
  const {session: made} = session([text('1'), forever()], [text('2'), final]);
  made.send('a');
  await new Promise(setImmediate);
  await made.regenerate(made.current.messages[1].id);
  await settled(made);
  assert.deepEqual(contents(made), ['a', '2']);
});

test('a question is deleted with its answer', async () => {
  const {session: made} = session([text('1'), final], [text('2'), final]);
  await made.send('a');
  await made.send('b');
  const undo = await made.removeMessage(made.current.messages[0].id);
  assert.deepEqual(contents(made), ['b', '2']);
  await undo();
  assert.deepEqual(contents(made), ['a', '1', 'b', '2']);
});

test('an answer goes on while another conversation is open', async () => {
  let release;
  const {session: made, conversations} = session([text('1'), new Promise((resolve) => { release = resolve; }), text('2'), final], [text('3'), final]);
  const sent = made.send('a');
  const {id} = made.current;
  made.create('m');
  await made.send('b');
  release();
  await sent;
  assert.equal(conversations.find(id).messages[1].content, '12');
  assert.deepEqual(contents(made), ['b', '3']);
});

test('a deleted conversation comes back when that is undone', async () => {
  const {session: made, conversations} = session([text('1'), final]);
  await made.send('a');
  const {id} = made.current;
  const undo = await made.removeConversation(id);
  assert.equal(conversations.list.length, 0);
  assert.deepEqual(contents(made), []);
  await undo();
  assert.equal(made.current.id, id);
});

test('an empty name gives the first words back', async () => {
  const {session: made} = session([text('1'), final]);
  await made.send('a');
  await made.rename(made.current.id, 'mine');
  assert.equal(made.current.title, 'mine');
  await made.rename(made.current.id, '');
  assert.deepEqual([made.current.title, made.current.renamed], ['a', false]);
});

function api(response, keys = new Map()) {
  const calls = [];
  const storage = {getItem: (name) => keys.get(name) ?? null, setItem: (name, value) => keys.set(name, value), removeItem: (name) => keys.delete(name)};
  const made = new Api('http://host/base/', storage, async (url, options) => {
    calls.push({url: String(url), options});
    if (response instanceof Error) throw response;
    return response.clone();
  });
  return {made, calls};
}

const fails = (made, kind, message) => assert.rejects(collect(made.chat({}, undefined)), (error) => error.kind === kind && message.test(error.message));

test('statuses become kinds of failures with the server’s words', async () => {
  const json = (status, body, headers) => new Response(JSON.stringify(body), {status, headers});
  await fails(api(json(401, {error: 'no key'})).made, 'key', /no key/);
  await fails(api(json(403, {error: 'x'})).made, 'forbidden', /x/);
  await fails(api(json(404, {error: 'model \'m\' not found'})).made, 'missing', /not found/);
  await fails(api(json(400, {error: {message: 'bad option'}})).made, 'refused', /bad option/);
  await fails(api(json(500, {})).made, 'failed', /500/);
  await fails(api(new TypeError('Failed to fetch')).made, 'offline', /cannot be reached/);
  await assert.rejects(collect(api(json(503, {error: 'full'}, {'Retry-After': '7'})).made.chat({})), (error) => error.kind === 'busy' && error.retryAfter === 7);
});

test('a stream that fails or ends too early is told apart', async () => {
  await fails(api(new Response('{"error":"out of memory"}\n')).made, 'failed', /out of memory/);
  await fails(api(new Response('{"message":{"content":"a"}}\n')).made, 'interrupted', /broke off/);
  await fails(api(new Response('<html>')).made, 'failed', /no JSON/);
});

test('a key is sent as bearer, to the page’s own server', async () => {
  const {made, calls} = api(new Response('{"models":[]}'));
  await made.models();
  made.key = 'secret';
  await made.models();
  made.key = '';
  await made.models();
  assert.deepEqual(calls.map(({options}) => options.headers.Authorization), [undefined, 'Bearer secret', undefined]);
  assert.equal(calls[0].url, 'http://host/base/api/tags');
});

test('rates come from durations in nanoseconds, and only where there are some', () => {
  assert.deepEqual(statisticsOf(final), {tokens: 10, tokensPerSecond: 20, promptTokens: 4});
  assert.deepEqual(statisticsOf({eval_count: 0, eval_duration: 0}), {tokens: 0});
});

test('answers are announced in sentences, and not too often', () => {
  let now = 0;
  const said = [];
  const announcer = new Announcer({set textContent(value) { said.push(value); }}, () => now);
  announcer.begin();
  let answer = '';
  for (let i = 0; i < 200; ++i) {
    now += 100;
    answer += i % 10 === 9 ? 'end. ' : 'word ';
    announcer.progress(answer, false);
  }
  announcer.progress(`${answer}rest`, true);
  assert.ok(said.length <= 8, said.length);
  assert.ok(said.slice(1, -1).every((part) => part.endsWith('end.')));
  assert.equal(said.slice(1).join(' '), `${answer}rest End of the answer.`);
});
