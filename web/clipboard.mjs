// Copies text. Browsers offer their clipboard to pages over TLS and of this machine only; elsewhere a selection is copied.

import {element} from './dom.mjs';
import {icon} from './icons.mjs';

// Copies, and shows on the button for a moment whether it worked.
export async function copyText(text, button) {
  const copied = await copy(text);
  const label = button.getAttribute('aria-label');
  button.replaceChildren(icon(copied ? 'check' : 'close'));
  button.setAttribute('aria-label', copied ? 'Copied' : 'The browser did not allow copying');
  setTimeout(() => {
    button.replaceChildren(icon('copy'));
    button.setAttribute('aria-label', label);
  }, 1500);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = element('textarea', {class: 'unseen', readonly: true});
    field.value = text;
    const focused = document.activeElement;
    (focused?.closest('dialog') ?? document.body).append(field);
    field.select();
    const copied = document.execCommand('copy');
    field.remove();
    focused?.focus();
    return copied;
  }
}
