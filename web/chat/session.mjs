// The conversation that is open, and what can be done with it. Several may be answered at once; each goes on when another is
// opened. What throws something away returns a function that brings it back.

import {answer} from './answer.mjs';
import {messagesBefore, nameByFirstWords, newConversation, newMessage} from './conversation.mjs';

const kSaveEvery = 1500;  // milliseconds, while an answer comes

export class Session {
  #streams = new Map();  // conversation id to {controller, finished}
  #saving = new Map();   // conversation id to timer

  // capabilitiesOf(model) tells what a model can do; changed(conversation, message) is called when something is to be shown
  // anew (without a message: all of it); failed(error) when it could not be kept.
  constructor({api, conversations, capabilitiesOf, changed, failed}) {
    Object.assign(this, {api, conversations, capabilitiesOf, changed, failed});
    this.current = newConversation('');
  }

  streams(conversation) { return this.#streams.has(conversation.id); }

  create(model) {
    this.current = newConversation(model);
    this.changed(this.current);
  }

  open(id) {
    this.current = this.conversations.find(id);
    this.changed(this.current);
  }

  async send(text, images = []) {
    this.current.messages.push(newMessage('user', text, images.length ? {images} : {}));
    await this.#answer(this.current);
  }

  stop(conversation = this.current) {
    this.#streams.get(conversation.id)?.controller.abort();
  }

  // Answers again from this message on: an answer is replaced, a question answered.
  regenerate(id) {
    const conversation = this.current;
    const message = conversation.messages.find((each) => each.id === id);
    const before = messagesBefore(conversation, id);
    return this.#replace(conversation, message.role === 'user' ? [...before, message] : before);
  }

  edit(id, text) {
    const conversation = this.current;
    const before = messagesBefore(conversation, id);
    const message = conversation.messages[before.length];
    return this.#replace(conversation, [...before, {...message, content: text}]);
  }

  // A question goes with its answer.
  async removeMessage(id) {
    const conversation = this.current;
    await this.#stopped(conversation);
    const {messages} = conversation;
    const index = messages.findIndex((each) => each.id === id);
    const count = messages[index].role === 'user' && messages[index + 1]?.role === 'assistant' ? 2 : 1;
    return this.#set(conversation, messages.filter((_, i) => i < index || i >= index + count));
  }

  async removeConversation(id) {
    const conversation = this.conversations.find(id);
    await this.#stopped(conversation);
    await this.conversations.remove(id);
    if (this.current.id === id) this.create(conversation.model);
    else this.changed(this.current);
    return async () => {
      await this.#save(conversation);
      this.open(id);
    };
  }

  async rename(id, title) {
    const conversation = this.conversations.find(id);
    conversation.title = title;
    conversation.renamed = title !== '';
    nameByFirstWords(conversation);
    await this.#save(conversation);
    this.changed(this.current);
  }

  // The model and the parameters of the open conversation.
  async configure(settings) {
    Object.assign(this.current, settings);
    if (this.conversations.find(this.current.id)) await this.#save(this.current);
    this.changed(this.current);
  }

  // Keeps what has come so far, for when the page is closed.
  flush() {
    for (const id of this.#saving.keys()) this.#save(this.conversations.find(id));
  }

  async #replace(conversation, messages) {
    await this.#stopped(conversation);
    const undo = await this.#set(conversation, messages);
    this.#answer(conversation);
    return undo;
  }

  async #set(conversation, messages) {
    const old = conversation.messages;
    await this.#put(conversation, messages);
    return async () => {
      await this.#stopped(conversation);
      await this.#put(conversation, old);
    };
  }

  async #put(conversation, messages) {
    conversation.messages = messages;
    await this.#save(conversation);
    this.changed(conversation);
  }

  async #stopped(conversation) {
    const stream = this.#streams.get(conversation.id);
    stream?.controller.abort();
    await stream?.finished;
  }

  async #answer(conversation) {
    const message = newMessage('assistant', '', {model: conversation.model});
    const controller = new AbortController();
    let finish;
    this.#streams.set(conversation.id, {controller, finished: new Promise((resolve) => { finish = resolve; })});
    conversation.messages = [...conversation.messages, message];
    conversation.updated = Date.now();
    nameByFirstWords(conversation);
    this.#save(conversation);
    this.changed(conversation);
    await answer({
      api: this.api, conversation, message, signal: controller.signal,
      capabilities: await this.capabilitiesOf(conversation.model),
      changed: () => {
        this.changed(conversation, message);
        this.#saveSoon(conversation);
      },
    });
    this.#streams.delete(conversation.id);
    clearTimeout(this.#saving.get(conversation.id));
    this.#saving.delete(conversation.id);
    if (this.conversations.find(conversation.id)) await this.#save(conversation);
    finish();
    this.changed(conversation, message);
  }

  #saveSoon(conversation) {
    if (this.#saving.has(conversation.id)) return;
    this.#saving.set(conversation.id, setTimeout(() => {
      this.#saving.delete(conversation.id);
      this.#save(conversation);
    }, kSaveEvery));
  }

  async #save(conversation) {
    try {
      await this.conversations.save(conversation);
    } catch (error) {
      this.failed(error);
    }
  }
}
