// A message on the page. `update` shows what has changed of it, and leaves the rest alone.

import {addressOf} from '../chat/pictures.mjs';
import {copyText} from '../clipboard.mjs';
import {element, iconButton} from '../dom.mjs';
import {renderInto} from '../markdown/render.mjs';
import {Editor} from './editor.mjs';
import {statisticsText} from './statistics.mjs';

export class MessageView {
  // actions: {regenerate(id), edit(id, text), remove(id), enterKey(id)}.
  constructor(message, actions) {
    this.message = message;
    this.actions = actions;
    this.body = element('div', {class: message.role === 'user' ? 'question' : 'prose'});
    this.foot = element('div', {class: 'message-foot'});
    const parts = message.role === 'user' ? this.#question() : this.#answer();
    this.element = element('li', {class: `message ${message.role}`, 'aria-label': message.role === 'user' ? 'You' : 'Answer'}, ...parts);
    this.update();
  }

  update({status = '', isLast = false} = {}) {
    if (this.message.role === 'user') this.#updateQuestion(isLast);
    else this.#updateAnswer(status);
  }

  edit() {
    const editor = new Editor(this.message.content, {
      save: (text) => this.actions.edit(this.message.id, text),
      cancel: () => {
        editor.element.replaceWith(this.body);
        this.foot.hidden = false;
        this.foot.querySelector('.edit').focus();
      },
    });
    this.body.replaceWith(editor.element);
    this.foot.hidden = true;
    editor.focus();
  }

  #question() {
    const pictures = (this.message.images ?? []).map((image, i) =>
        element('img', {src: addressOf(image), alt: image.name ?? `Picture ${i + 1}`}));
    this.answerButton = iconButton('retry', 'Answer', () => this.actions.regenerate(this.message.id));
    this.#addActions(iconButton('edit', 'Edit and send again', () => this.edit(), {class: 'quiet icon-only edit'}), this.answerButton);
    return [pictures.length ? element('div', {class: 'pictures'}, ...pictures) : null, this.body, this.foot].filter(Boolean);
  }

  #updateQuestion(isLast) {
    this.body.textContent = this.message.content;
    this.body.hidden = !this.message.content;
    this.answerButton.hidden = !isLast;
  }

  #answer() {
    this.summary = element('span');
    this.thought = element('div', {class: 'thought', tabindex: '0', role: 'region', 'aria-label': 'Thinking'});
    this.thinking = element('details', {class: 'thinking'},
        element('summary', {click: () => { this.unfoldedByReader = true; }}, this.summary), this.thought);
    this.waiting = element('p', {class: 'waiting'});
    this.problem = element('div', {class: 'failure', role: 'alert'});
    this.numbers = element('span', {class: 'numbers'});
    this.#addActions(iconButton('retry', 'Answer again', () => this.actions.regenerate(this.message.id)));
    this.foot.prepend(this.numbers);
    return [this.thinking, this.waiting, this.body, this.problem, this.foot];
  }

  #addActions(...more) {
    const copy = iconButton('copy', 'Copy', () => copyText(this.message.content, copy));
    const remove = iconButton('trash', 'Delete', () => this.actions.remove(this.message.id));
    const [first, ...rest] = more;
    this.foot.append(copy, first, remove, ...rest);
  }

  #updateAnswer(status) {
    const {content, thinking, state, error} = this.message;
    const streams = state === 'streaming';
    this.element.setAttribute('aria-busy', String(streams));
    this.#updateThinking(streams);
    this.waiting.hidden = !streams || Boolean(content || thinking);
    if (!this.waiting.hidden) this.waiting.textContent = status || 'Waiting for the first word';
    renderInto(this.body, content);
    this.body.classList.toggle('streams', streams && Boolean(content));
    this.foot.hidden = streams;
    this.#updateProblem(state, error);
    const {text, title} = statisticsText(this.message);
    this.numbers.textContent = text;
    this.numbers.title = title;
  }

  // Unfolded while nothing but thinking has come, unless the reader has folded or unfolded it.
  #updateThinking(streams) {
    const {content, thinking, thoughtSeconds} = this.message;
    this.thinking.hidden = !thinking;
    if (!thinking) return;
    const thinks = streams && !content;
    this.summary.textContent = thinks ? 'Thinking' : thoughtSeconds >= 1 ? `Thought for ${Math.round(thoughtSeconds)} s` : 'Thought';
    this.thinking.classList.toggle('thinks', thinks);
    if (!this.unfoldedByReader) this.thinking.open = thinks;
    const follows = this.thought.scrollHeight - this.thought.scrollTop - this.thought.clientHeight < 24;
    if (this.thought.textContent !== thinking) this.thought.textContent = thinking;
    if (thinks && follows) this.thought.scrollTop = this.thought.scrollHeight;
  }

  #updateProblem(state, error) {
    const key = JSON.stringify([state, error]);
    if (key === this.shownProblem) return;
    this.shownProblem = key;
    this.problem.replaceChildren();
    this.problem.classList.toggle('note', !error);
    if (error) this.problem.append(...this.#failure(error));
    else if (state === 'stopped') this.problem.append(element('p', {}, 'Stopped.'));
    else if (state === 'length') {
      this.problem.append(element('p', {}, 'Cut at the longest answer or the end of the context. Both are among the parameters.'));
    }
    this.problem.hidden = !this.problem.hasChildNodes();
  }

  #failure({kind, text, advice}) {
    const {id} = this.message;
    const button = kind === 'key' ?
        element('button', {type: 'button', click: () => this.actions.enterKey(id)}, 'Enter a key') :
        element('button', {type: 'button', click: () => this.actions.regenerate(id)}, 'Try again');
    return [element('p', {}, element('strong', {}, text), ' ', advice), button];
  }
}
