// The conversations that this browser keeps, up to a limit. Where they lie is the matter of a `shelf`: {all, put, remove}.

import {checkedConversation, newId} from './conversation.mjs';

export const kLimit = 64 * 1024 * 1024;  // characters of JSON

const kFormat = 'cria-conversations';
const kVersion = 1;

export class StorageFull extends Error {}

export class Conversations {
  #all = new Map();    // id to conversation
  #sizes = new Map();  // id to characters

  constructor(shelf, limit = kLimit) {
    this.shelf = shelf;
    this.limit = limit;
  }

  async load() {
    this.#all.clear();
    this.#sizes.clear();
    for (const conversation of await this.shelf.all()) {
      closeInterrupted(conversation);
      this.#all.set(conversation.id, conversation);
      this.#sizes.set(conversation.id, sizeOf(conversation));
    }
  }

  // The latest first.
  get list() { return [...this.#all.values()].sort((a, b) => b.updated - a.updated); }
  get size() { return [...this.#sizes.values()].reduce((sum, size) => sum + size, 0); }
  find(id) { return this.#all.get(id); }

  // Throws StorageFull, and keeps what was kept before, when there is no room.
  async save(conversation) {
    this.#all.set(conversation.id, conversation);
    const size = sizeOf(conversation);
    const others = this.size - (this.#sizes.get(conversation.id) ?? 0);
    if (others + size > this.limit) throw new StorageFull(fullMessage(this.limit));
    await this.#put(conversation);
    this.#sizes.set(conversation.id, size);
  }

  async remove(id) {
    this.#all.delete(id);
    this.#sizes.delete(id);
    await this.shelf.remove(id);
  }

  // Takes over what another tab has written, except where `isBusy` says that this one is writing.
  async refresh(isBusy) {
    const kept = this.list.filter((conversation) => isBusy(conversation) || !this.#sizes.has(conversation.id));
    const known = new Map(this.#all);
    await this.load();
    for (const conversation of kept) this.#all.set(conversation.id, conversation);
    for (const [id, theirs] of this.#all) {
      const mine = known.get(id);
      if (mine && JSON.stringify(mine) === JSON.stringify(theirs)) this.#all.set(id, mine);
    }
  }

  exported(conversations = this.list) {
    return JSON.stringify({format: kFormat, version: kVersion, conversations}, null, 1);
  }

  // Adds the conversations of an exported file, all or none; returns how many were new. What is here already, unchanged, is
  // passed over; what differs is added beside it.
  async import(text) {
    const added = parsed(text).filter((each) => this.find(each.id)?.updated !== each.updated);
    const sum = added.reduce((total, each) => total + sizeOf(each), 0);
    if (this.size + sum > this.limit) throw new StorageFull(fullMessage(this.limit));
    for (const conversation of added) {
      if (this.find(conversation.id)) conversation.id = newId();
      await this.save(conversation);
    }
    return added.length;
  }

  async #put(conversation) {
    try {
      await this.shelf.put(conversation);
    } catch (error) {
      if (error.name === 'QuotaExceededError') throw new StorageFull('The browser gives this page no more room. ' + kMakeRoom);
      throw error;
    }
  }
}

const kMakeRoom = 'Export and delete conversations that you no longer need; this one is not kept until then.';
const fullMessage = (limit) => `Conversations take up ${Math.round(limit / 1024 / 1024)} MB, which is the limit. ${kMakeRoom}`;
const sizeOf = (conversation) => JSON.stringify(conversation).length;

// A page that was closed while an answer came cannot go on with it.
function closeInterrupted(conversation) {
  for (const message of conversation.messages) if (message.state === 'streaming') message.state = 'stopped';
}

function parsed(text) {
  let file;
  try {
    file = JSON.parse(text);
  } catch {
    throw new Error('the file is no JSON');
  }
  if (file?.format !== kFormat) throw new Error(`the file holds no conversations: its "format" is not "${kFormat}"`);
  if (file.version !== kVersion) throw new Error(`version ${JSON.stringify(file.version)} of the format is not known, only ${kVersion}`);
  if (!Array.isArray(file.conversations)) throw new Error('conversations: not a list');
  return file.conversations.map((each, i) => checkedConversation(each, `conversations[${i}]`));
}
