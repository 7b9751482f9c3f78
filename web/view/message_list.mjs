// The messages of the open conversation, drawn at most once a frame. Stays at the end while answers come, unless the reader
// has scrolled away from it.

import {titleOf} from '../chat/conversation.mjs';
import {byId} from '../dom.mjs';
import {MessageView} from './message_view.mjs';

const kNear = 48;  // pixels from the end that count as the end

export class MessageList {
  #views = new Map();  // message id to view
  #drawing = 0;

  constructor(actions) {
    this.actions = actions;
    this.scroller = byId('main');
    this.list = byId('messages');
    this.jump = byId('jump');
    this.follows = true;
    this.status = '';
    this.scroller.addEventListener('scroll', () => this.#scrolled(), {passive: true});
    this.jump.addEventListener('click', () => this.toEnd());
  }

  // Shows a conversation; of the one that is shown already, what differs.
  show(conversation) {
    if (this.conversation !== conversation) {
      this.#views.clear();
      this.list.replaceChildren();
      this.follows = true;
    }
    this.conversation = conversation;
    byId('title').textContent = titleOf(conversation);
    this.#draw();
  }

  // The message has changed.
  update() {
    this.#drawing ||= requestAnimationFrame(() => this.#draw());
  }

  toEnd() {
    this.follows = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.jump.hidden = true;
  }

  editLast() {
    const last = this.conversation.messages.findLast(({role}) => role === 'user');
    if (last) this.#views.get(last.id).edit();
  }

  #draw() {
    cancelAnimationFrame(this.#drawing);
    this.#drawing = 0;
    const {messages} = this.conversation;
    const views = messages.map((message) => this.#viewOf(message));
    for (const [id, view] of this.#views) {
      if (views.includes(view)) continue;
      view.element.remove();
      this.#views.delete(id);
    }
    views.forEach((view, i) => {
      if (this.list.children[i] !== view.element) this.list.insertBefore(view.element, this.list.children[i] ?? null);
    });
    const last = views.at(-1);
    views.slice(0, -1).filter(({message}) => message.role === 'user').forEach((view) => view.update());
    last?.update({status: this.status, isLast: true});
    if (this.follows) this.toEnd();
    else this.#scrolled();
  }

  // An edited message is another object with the same id.
  #viewOf(message) {
    const known = this.#views.get(message.id);
    if (known?.message === message) return known;
    known?.element.remove();
    const view = new MessageView(message, this.actions);
    this.#views.set(message.id, view);
    return view;
  }

  #scrolled() {
    const {scrollHeight, scrollTop, clientHeight} = this.scroller;
    this.follows = scrollHeight - scrollTop - clientHeight < kNear;
    this.jump.hidden = this.follows;
  }
}
