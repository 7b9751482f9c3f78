// The field in which a sent message is edited. Enter sends, Escape gives up.

import {element} from '../dom.mjs';
import {sendsOnEnter} from './keys.mjs';

export class Editor {
  constructor(text, {save, cancel}) {
    this.field = element('textarea', {'aria-label': 'Edit the message', rows: '2'});
    this.field.value = text;
    const send = () => {
      if (this.field.value.trim()) save(this.field.value.trim());
    };
    this.field.addEventListener('keydown', (event) => {
      if (sendsOnEnter(event)) {
        event.preventDefault();
        send();
      } else if (event.key === 'Escape') {
        event.stopPropagation();
        cancel();
      }
    });
    this.element = element('div', {class: 'editor'}, this.field,
        element('div', {class: 'row end'},
            element('button', {type: 'button', class: 'quiet', click: cancel}, 'Cancel'),
            element('button', {type: 'button', class: 'primary', click: send}, 'Send again')));
  }

  focus() {
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
  }
}
