// The list of conversations beside the page; on narrow screens a drawer over it.

import {titleOf} from '../chat/conversation.mjs';
import {byId, element, iconButton} from '../dom.mjs';

const kNarrow = matchMedia('(max-width: 800px)');

export class Sidebar {
  // actions: {open(id), create(), rename(id, title), remove(id), exportOne(id)}.
  constructor(actions) {
    this.actions = actions;
    this.list = byId('conversation-list');
    this.opener = byId('open-sidebar');
    this.opener.addEventListener('click', () => this.#setOpen(true));
    byId('close-sidebar').addEventListener('click', () => this.#setOpen(false));
    byId('backdrop').addEventListener('click', () => this.#setOpen(false));
    byId('new-conversation').addEventListener('click', () => {
      this.#setOpen(false);
      actions.create();
    });
    byId('sidebar').addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.isOpen || !kNarrow.matches) return;
      event.stopPropagation();
      this.#setOpen(false);
    });
    kNarrow.addEventListener('change', () => this.#setOpen(false));
    this.#setOpen(false);
  }

  // `rows` are {conversation, isStreaming}.
  show(rows, currentId) {
    if (this.list.querySelector('.renaming')) return;
    const focused = this.list.contains(document.activeElement) ? document.activeElement : undefined;
    const at = focused && {id: focused.closest('li').dataset.id, label: focused.dataset.action};
    this.list.replaceChildren(...rows.map((row) => this.#row(row, currentId)));
    if (at) this.list.querySelector(`li[data-id="${at.id}"] [data-action="${at.label}"]`)?.focus();
    if (!rows.length) this.list.append(element('li', {class: 'none'}, 'Conversations will be listed here.'));
  }

  #row({conversation, isStreaming}, currentId) {
    const {id} = conversation;
    const title = titleOf(conversation);
    const open = element('button', {type: 'button', class: 'conversation', 'data-action': 'open', title, 'aria-current': id === currentId ? 'true' : undefined,
        click: () => {
          this.#setOpen(false);
          this.actions.open(id);
        }},
        element('span', {class: 'conversation-title'}, title),
        isStreaming ? element('span', {class: 'pulse', role: 'img', 'aria-label': 'being answered'}) : null);
    const row = element('li', {'data-id': id}, open,
        element('span', {class: 'row-actions'},
            iconButton('edit', `Rename “${title}”`, () => this.#rename(row, conversation), {'data-action': 'rename'}),
            iconButton('download', `Export “${title}”`, () => this.actions.exportOne(id), {'data-action': 'export'}),
            iconButton('trash', `Delete “${title}”`, () => this.actions.remove(id), {'data-action': 'remove'})));
    return row;
  }

  #rename(row, conversation) {
    const field = element('input', {type: 'text', class: 'renaming', 'aria-label': 'Name of the conversation', maxlength: '200'});
    field.value = titleOf(conversation);
    let ended = false;
    const end = (title) => {
      if (ended) return;
      ended = true;
      field.classList.remove('renaming');
      this.actions.rename(conversation.id, title);
      this.list.querySelector(`li[data-id="${conversation.id}"] [data-action="rename"]`)?.focus();
    };
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') event.stopPropagation();
      if (event.key === 'Enter' && !event.isComposing) end(field.value.trim());
      else if (event.key === 'Escape') end(conversation.renamed ? conversation.title : '');
    });
    field.addEventListener('blur', () => end(field.value.trim() === titleOf(conversation) && !conversation.renamed ? '' : field.value.trim()));
    row.replaceChildren(field);
    field.focus();
    field.select();
  }

  // Closed, a drawer cannot be reached; open, only it can.
  #setOpen(open) {
    const moves = this.isOpen !== open && kNarrow.matches;
    this.isOpen = open;
    document.body.classList.toggle('sidebar-open', open);
    byId('sidebar').inert = kNarrow.matches && !open;
    byId('page').inert = kNarrow.matches && open;
    this.opener.setAttribute('aria-expanded', String(open));
    if (moves) (open ? byId('close-sidebar') : this.opener).focus();
  }
}
