// Builds elements. Text only ever becomes text nodes, and listeners are functions: no string is parsed as HTML or code.

import {icon} from './icons.mjs';

// element('button', {class: 'quiet', 'aria-label': 'Copy', click: copy}, 'Copy'). Functions become listeners, true an empty
// attribute, false and undefined none.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function iconButton(name, label, click, attributes = {}) {
  return element('button', {type: 'button', class: 'quiet icon-only', 'aria-label': label, title: label, click, ...attributes},
      icon(name));
}

export const byId = (id) => document.getElementById(id);
