// What is asked or shown over the page.

import {byId, element, iconButton} from '../dom.mjs';
import {kShortcuts} from './keys.mjs';

// Shows a dialog; resolves with what it was closed with, '' if it was given up.
export function ask(title, ...content) {
  const dialog = element('dialog', {'aria-labelledby': 'dialog-title'});
  const close = iconButton('close', 'Close', () => dialog.close(''));
  dialog.append(element('div', {class: 'dialog-head'}, element('h2', {id: 'dialog-title'}, title), close), ...content);
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

// The key that the reader enters, or nothing.
export async function askForKey(hadKey) {
  const field = element('input', {id: 'key', type: 'password', autocomplete: 'off', required: true, autofocus: true, spellcheck: 'false'});
  const form = element('form', {submit: (event) => {
    event.preventDefault();
    form.closest('dialog').close('entered');
  }},
  element('p', {}, hadKey ? 'The server does not take the key that was entered. Enter another.' :
                            'This server asks for an API key.'),
  element('div', {class: 'field'}, element('label', {for: 'key'}, 'API key'), field,
      element('p', {class: 'help'}, 'Kept until this tab is closed, and sent to this server only.')),
  element('div', {class: 'row end'}, element('button', {class: 'primary'}, 'Use this key')));
  return await ask('API key', form) === 'entered' ? field.value.trim() : '';
}

export function showShortcuts() {
  return ask('Keyboard shortcuts', element('dl', {class: 'shortcuts'}, ...kShortcuts.flatMap(([keys, what]) =>
      [element('dt', {}, element('kbd', {}, keys)), element('dd', {}, what)])));
}

let hideToast = 0;

// A message at the edge of the page that goes by itself; with an action, such as {label: 'Undo', run}, it stays longer.
export function toast(text, action) {
  const place = byId('toast');
  const hide = () => { place.hidden = true; };
  place.replaceChildren(element('span', {}, text), action ? element('button', {type: 'button', click: () => {
    hide();
    action.run();
  }}, action.label) : '');
  place.hidden = false;
  clearTimeout(hideToast);
  hideToast = setTimeout(hide, action ? 12000 : 6000);
}
