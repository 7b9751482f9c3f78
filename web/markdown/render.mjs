// The tree of a Markdown text as elements. Every string of it becomes a text node; the names of elements are all below.

import {element, iconButton} from '../dom.mjs';
import {copyText} from '../clipboard.mjs';
import {highlight} from '../highlight.mjs';
import {parse} from './blocks.mjs';

// Shows a text in an element. When it has grown since the last call, blocks that are the same stay as they are: selections
// and the reader's place survive while an answer comes.
export function renderInto(place, text) {
  const shown = place.markdownBlocks ?? [];
  const blocks = parse(text);
  let same = 0;
  while (same < shown.length && same < blocks.length && shown[same] === blocks[same].source) ++same;
  while (place.childNodes.length > same) place.lastChild.remove();
  place.append(...blocks.slice(same).map(block));
  place.markdownBlocks = blocks.map(({source}) => source);
}

function block(node) {
  switch (node.type) {
    case 'heading': return element(`h${Math.min(node.level + 2, 6)}`, {}, ...inlines(node.children));
    case 'paragraph': return element('p', {}, ...inlines(node.children));
    case 'rule': return element('hr');
    case 'quote': return element('blockquote', {}, ...node.children.map(block));
    case 'list': return list(node);
    case 'table': return table(node);
    case 'code': return codeBlock(node);
  }
  throw new Error(`no element for a block of type ${node.type}`);
}

function list({ordered, start, loose, items}) {
  const attributes = ordered && start !== 1 ? {start} : {};
  return element(ordered ? 'ol' : 'ul', attributes, ...items.map((item) => {
    const children = item.children.flatMap((child) =>
        child.type === 'paragraph' && !loose ? inlines(child.children) : [block(child)]);
    if (item.checked === undefined) return element('li', {}, ...children);
    const box = element('input', {type: 'checkbox', disabled: true, checked: item.checked,
                                  'aria-label': item.checked ? 'Done' : 'To do'});
    return element('li', {class: 'task'}, box, ...children);
  }));
}

function table({align, head, rows}) {
  const row = (cells, tag) => element('tr', {}, ...cells.map((cell, i) =>
      element(tag, {class: `to-${align[i]}`, ...(tag === 'th' ? {scope: 'col'} : {})}, ...inlines(cell))));
  return element('div', {class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Table'},
      element('table', {},
          element('thead', {}, row(head, 'th')),
          element('tbody', {}, ...rows.map((cells) => row(cells, 'td')))));
}

function codeBlock({language, text}) {
  const copy = iconButton('copy', 'Copy code', () => copyText(text, copy));
  return element('div', {class: 'code'},
      element('div', {class: 'code-head'}, element('span', {}, language || 'text'), copy),
      element('pre', {tabindex: '0', 'aria-label': language ? `Code, ${language}` : 'Code'},
          element('code', {}, ...highlight(text, language).map(({kind, text: part}) =>
              kind ? element('span', {class: `code-${kind}`}, part) : document.createTextNode(part)))));
}

const inlines = (nodes) => nodes.map(inline);

function inline(node) {
  switch (node.type) {
    case 'text': return document.createTextNode(node.text);
    case 'break': return element('br');
    case 'code': return element('code', {}, node.text);
    case 'formula': return element('code', {class: 'formula'}, node.text);
    case 'strong': return element('strong', {}, ...inlines(node.children));
    case 'emphasis': return element('em', {}, ...inlines(node.children));
    case 'deleted': return element('del', {}, ...inlines(node.children));
    case 'link': return element('a', {href: node.href, target: '_blank', rel: 'noopener noreferrer'}, ...inlines(node.children));
  }
  throw new Error(`no element for text of type ${node.type}`);
}
