import assert from 'node:assert/strict';
import {test} from 'node:test';

import {nameByFirstWords, newConversation, newMessage, requestOf} from '../../web/chat/conversation.mjs';
import {Conversations, StorageFull} from '../../web/chat/conversations.mjs';
import {MemoryShelf} from '../../web/chat/shelf.mjs';

function conversation(text, more = {}) {
  const made = newConversation('m', 1000);
  made.messages.push(newMessage('user', text), newMessage('assistant', 'yes', {thinking: 'hm', model: 'm', statistics: {tokens: 3}}));
  nameByFirstWords(made);
  return Object.assign(made, more);
}

test('conversations are kept, the latest first', async () => {
  const shelf = new MemoryShelf();
  const store = new Conversations(shelf);
  await store.save(conversation('old', {updated: 1}));
  const latest = conversation('new', {updated: 2});
  await store.save(latest);
  const again = new Conversations(shelf);
  await again.load();
  assert.deepEqual(again.list.map(({title}) => title), ['new', 'old']);
  await again.remove(latest.id);
  await store.load();
  assert.deepEqual(store.list.map(({title}) => title), ['old']);
});

test('what would go beyond the limit is refused, and what was kept stays', async () => {
  const shelf = new MemoryShelf();
  const store = new Conversations(shelf, 2000);
  const one = conversation('one');
  await store.save(one);
  await assert.rejects(store.save(conversation('x'.repeat(2000))), StorageFull);
  one.messages.push(newMessage('user', 'y'.repeat(2000)));
  await assert.rejects(store.save(one), StorageFull);
  assert.equal((await shelf.all()).length, 1);
  assert.equal((await shelf.all())[0].messages.length, 2);
});

test('room is there again after a removal', async () => {
  const store = new Conversations(new MemoryShelf(), 1500);
  const first = conversation('a'.repeat(700));
  await store.save(first);
  const second = conversation('b'.repeat(700));
  await assert.rejects(store.save(second), StorageFull);
  await store.remove(first.id);
  await store.save(second);
});

test('the browser’s own limit is told like ours', async () => {
  const shelf = new MemoryShelf();
  shelf.put = async () => { throw Object.assign(new Error('no room'), {name: 'QuotaExceededError'}); };
  await assert.rejects(new Conversations(shelf).save(conversation('a')), StorageFull);
});

test('an answer that a closed page broke off is stopped', async () => {
  const shelf = new MemoryShelf();
  const broken = conversation('a');
  broken.messages[1].state = 'streaming';
  await shelf.put(broken);
  const store = new Conversations(shelf);
  await store.load();
  assert.equal(store.list[0].messages[1].state, 'stopped');
});

test('what was exported can be imported, once', async () => {
  const from = new Conversations(new MemoryShelf());
  const pictures = conversation('see', {parameters: {temperature: 0.5, think: 'low', keep_alive: '5m'}});
  pictures.messages[0].images = [{type: 'image/png', data: 'iVBORw=='}];
  await from.save(pictures);
  await from.save(conversation('two'));
  const file = from.exported();
  const to = new Conversations(new MemoryShelf());
  assert.equal(await to.import(file), 2);
  assert.equal(await to.import(file), 0);
  const plain = ({messages, ...rest}) => ({...rest, messages: messages.map(({id, ...message}) => message)});
  assert.deepEqual(plain(to.find(pictures.id)), plain(pictures));
});

test('a conversation that differs from the one here is put beside it', async () => {
  const store = new Conversations(new MemoryShelf());
  const mine = conversation('mine');
  await store.save(mine);
  const theirs = store.exported([{...mine, updated: 5000, title: 'theirs', renamed: true}]);
  assert.equal(await store.import(theirs), 1);
  assert.deepEqual(store.list.map(({title}) => title).sort(), ['mine', 'theirs']);
});

test('files that hold something else are refused with the place, and nothing of them is taken', async () => {
  const store = new Conversations(new MemoryShelf());
  const good = JSON.parse(new Conversations(new MemoryShelf()).exported([conversation('a')]));
  const refused = [
    ['{', /no JSON/], ['null', /format/], ['{"format":"other"}', /format/], [JSON.stringify({...good, version: 2}), /version 2/],
    [JSON.stringify({...good, conversations: {}}), /conversations: not a list/],
  ];
  const spoilt = [
    [(c) => { c.messages = 1; }, /conversations\[1\]\.messages: not a list/],
    [(c) => { c.messages[0].role = 'system'; }, /conversations\[1\]\.messages\[0\]\.role: "system"/],
    [(c) => { c.messages[0].content = {}; }, /conversations\[1\]\.messages\[0\]\.content/],
    [(c) => { c.messages[0].images = [{type: 'image/svg+xml', data: 'AA=='}]; }, /images\[0\]\.type/],
    [(c) => { c.messages[0].images = [{type: 'image/png', data: '"><b>'}]; }, /images\[0\]\.data/],
    [(c) => { c.parameters = {temperature: 99}; }, /Temperature: 99/],
    [(c) => { c.parameters = {nonsense: 1}; }, /parameters\.nonsense/],
  ];
  for (const [spoil, message] of spoilt) {
    const file = structuredClone(good);
    file.conversations.push(structuredClone(file.conversations[0]));
    spoil(file.conversations[1]);
    refused.push([JSON.stringify(file), message]);
  }
  for (const [text, message] of refused) await assert.rejects(store.import(text), message);
  assert.equal(store.list.length, 0);
});

test('a file cannot bring in what a conversation does not have', async () => {
  const store = new Conversations(new MemoryShelf());
  const strange = conversation('a', {id: '../x', extra: 1});
  strange.messages[1].error = {text: 'fake', advice: 'fake'};
  await store.import(store.exported([strange]));
  const [made] = store.list;
  assert.match(made.id, /^[0-9a-f]{24}$/);
  assert.equal('extra' in made, false);
  assert.equal('error' in made.messages[1], false);
});

test('names are the first words, unless one was given', () => {
  assert.equal(conversation('  Hello\n there ').title, 'Hello there');
  assert.equal(conversation('one two three four five six seven eight nine ten eleven twelve').title, 'one two three four five six seven eight nine ten…');
  assert.ok(conversation('x'.repeat(500)).title.length <= 50);
  assert.equal(conversation('').title, 'Pictures');
  const named = conversation('a', {title: 'mine', renamed: true});
  nameByFirstWords(named);
  assert.equal(named.title, 'mine');
});

test('a request has what the model can take', () => {
  const made = conversation('a', {parameters: {system: 'Be brief', think: true, seed: 7, keep_alive: -1}});
  made.messages[0].images = [{type: 'image/png', data: 'AA==', name: 'a.png'}];
  made.messages.push(newMessage('user', 'b'), newMessage('assistant', '', {error: {}}), newMessage('user', 'c'));
  const request = requestOf(made, ['completion', 'vision', 'thinking']);
  assert.deepEqual(request.messages, [
    {role: 'system', content: 'Be brief'}, {role: 'user', content: 'a', images: ['AA==']},
    {role: 'assistant', content: 'yes', thinking: 'hm'}, {role: 'user', content: 'b'}, {role: 'user', content: 'c'}]);
  assert.deepEqual([request.model, request.think, request.keep_alive, request.options], ['m', true, -1, {seed: 7}]);
  const plain = requestOf(made, ['completion']);
  assert.deepEqual(plain.messages[1], {role: 'user', content: 'a'});
  assert.equal('think' in plain, false);
});
