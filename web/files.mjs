// Files from and to the reader's disk.

import {element} from './dom.mjs';

export function saveFile(name, text) {
  const address = URL.createObjectURL(new Blob([text], {type: 'application/json'}));
  element('a', {href: address, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

// What a conversation's file is called.
export function fileName(title) {
  const plain = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '').slice(0, 48);
  return `cria-${plain || 'conversation'}.json`;
}
