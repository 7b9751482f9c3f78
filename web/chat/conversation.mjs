// A conversation is plain data: {id, title, renamed, created, updated, model, parameters, messages}. A message is {id, role, content}
// with, where they apply, images [{type, data}] (data in base64), thinking, thoughtSeconds, model, state (streaming, stopped,
// length), error and statistics.

import {kParameters, optionsOf} from './parameters.mjs';

const kTitleLength = 48;

export function newConversation(model, now = Date.now()) {
  return {id: newId(), title: '', renamed: false, created: now, updated: now, model, parameters: {}, messages: []};
}

export function newMessage(role, content, more = {}) {
  return {id: newId(), role, content, ...more};
}

// Browsers offer randomUUID to secure pages only.
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function titleOf(conversation) {
  return conversation.title || 'New conversation';
}

// The first words of the first message, unless the conversation was given a name.
export function nameByFirstWords(conversation) {
  if (conversation.renamed) return;
  const first = conversation.messages.find(({role}) => role === 'user');
  conversation.title = first ? firstWords(first.content) || 'Pictures' : '';
}

function firstWords(text) {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length <= kTitleLength) return line;
  const cut = line.slice(0, kTitleLength + 1);
  const space = cut.lastIndexOf(' ');
  return `${[...cut.slice(0, space > kTitleLength / 2 ? space : kTitleLength)].join('')}…`;
}

// The messages before the one with this id.
export function messagesBefore(conversation, id) {
  const index = conversation.messages.findIndex((message) => message.id === id);
  if (index < 0) throw new Error(`there is no message ${id}`);
  return conversation.messages.slice(0, index);
}

// What is asked of the server. Answers that failed before their first word are left out, as are pictures and thinking that the
// model cannot take.
export function requestOf(conversation, capabilities) {
  const {system, think, keep_alive: keepAlive} = conversation.parameters;
  const sees = capabilities.includes('vision'), thinks = capabilities.includes('thinking');
  const messages = conversation.messages
      .filter(({role, content, thinking}) => role === 'user' || content || thinking)
      .map(({role, content, images, thinking}) => ({
        role, content,
        ...(images?.length && sees ? {images: images.map(({data}) => data)} : {}),
        ...(thinking && thinks ? {thinking} : {}),
      }));
  if (system) messages.unshift({role: 'system', content: system});
  return {
    model: conversation.model, messages,
    ...optionsOf(conversation.parameters),
    ...(think !== undefined && thinks ? {think} : {}),
    ...(keepAlive !== undefined ? {keep_alive: keepAlive} : {}),
  };
}

// A conversation from a file of unknown origin, with nothing in it but what belongs there. `place` begins the message of an error.
export function checkedConversation(value, place) {
  const {id, title, renamed, created, updated, model, parameters, messages} = record(value, place);
  return {
    id: typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? id : newId(),
    title: text(title ?? '', `${place}.title`).slice(0, 200),
    renamed: renamed === true,
    created: time(created), updated: time(updated),
    model: text(model ?? '', `${place}.model`),
    parameters: checkedParameters(parameters ?? {}, `${place}.parameters`),
    messages: list(messages, `${place}.messages`).map((message, i) => checkedMessage(message, `${place}.messages[${i}]`)),
  };
}

function checkedMessage(value, place) {
  const {role, content, thinking, thoughtSeconds, images, model, state, statistics} = record(value, place);
  if (role !== 'user' && role !== 'assistant') throw new Error(`${place}.role: ${JSON.stringify(role)} is neither "user" nor "assistant"`);
  const message = newMessage(role, text(content, `${place}.content`));
  if (thinking) message.thinking = text(thinking, `${place}.thinking`);
  if (Number.isFinite(thoughtSeconds)) message.thoughtSeconds = thoughtSeconds;
  if (model) message.model = text(model, `${place}.model`);
  if (['stopped', 'length'].includes(state)) message.state = state;
  if (images) message.images = list(images, `${place}.images`).map((image, i) => checkedImage(image, `${place}.images[${i}]`));
  if (statistics) {
    message.statistics = Object.fromEntries(Object.entries(record(statistics, `${place}.statistics`))
        .filter(([, number]) => Number.isFinite(number)));
  }
  return message;
}

function checkedImage(value, place) {
  const {type, data} = record(value, place);
  if (!/^image\/(png|jpeg|webp)$/.test(type)) throw new Error(`${place}.type: ${JSON.stringify(type)} is no type of picture`);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text(data, `${place}.data`))) throw new Error(`${place}.data: not base64`);
  return {type, data};
}

function checkedParameters(value, place) {
  const known = {};
  for (const [name, given] of Object.entries(record(value, place))) {
    const parameter = kParameters.find((each) => each.name === name);
    if (!parameter) throw new Error(`${place}.${name}: there is no such parameter`);
    known[name] = parameter.parse(String(given));
  }
  return known;
}

function record(value, place) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${place}: not an object`);
  return value;
}

function list(value, place) {
  if (!Array.isArray(value)) throw new Error(`${place}: not a list`);
  return value;
}

function text(value, place) {
  if (typeof value !== 'string') throw new Error(`${place}: not a text`);
  return value;
}

const time = (value) => (Number.isFinite(value) ? value : Date.now());
