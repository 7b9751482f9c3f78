// The text of a paragraph to a tree: emphasis, code, links, breaks. Formulas are kept as they were written. What is opened and
// never closed is text.

import {settle} from './emphasis.mjs';
import {safeLink} from './links.mjs';

const kEscapable = /[!-/:-@[-`{-~]/;
const kBreak = /<br\s{0,4}\/?>/iy;
const kAddress = /<((?:https?:\/\/|mailto:)[^\s<>]{1,2000})>/y;
const kBareAddress = /https?:\/\/[^\s<>"`]{1,2000}/y;
const kEntity = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp));/y;
const kEntities = {amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'', nbsp: '\u00a0'};
const kTarget = new RegExp([
  '\\(\\s{0,9}(?:<([^<>\\n]{0,2000})>|((?:[^\\s()\\\\]|\\\\.|\\([^\\s()]{0,500}\\)){0,2000}))',  // address
  '(?:\\s{1,9}(?:"[^"]{0,500}"|\'[^\']{0,500}\'))?\\s{0,9}\\)',                                    // title
].join(''), 'y');

export function parseInline(text) {
  return new Scanner(text).parse();
}

class Scanner {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.nodes = [];     // finished nodes, delimiters {delimiter, count, opens, closes} and opened brackets {bracket}
    this.brackets = [];  // where in `nodes` the opened ones are
    this.plain = '';     // text that is not in a node yet
    this.unclosed = new Set();  // what is known to have no end from here on
  }

  parse() {
    while (this.at < this.text.length) this.#step();
    this.#flush();
    return settle(this.nodes);
  }

  #step() {
    const char = this.text[this.at];
    if (char === '\\') this.#escape();
    else if (char === '`') this.#code();
    else if (char === '*' || char === '_' || char === '~') this.#delimiter(char);
    else if (char === '!' && this.text[this.at + 1] === '[') this.#bracket('![');
    else if (char === '[') this.#bracket('[');
    else if (char === ']') this.#closeBracket();
    else if (char === '<') this.#angle();
    else if (char === '&') this.#entity();
    else if (char === '\n') this.#newline();
    else if (char === '$' && this.text.startsWith('$$', this.at)) this.#formula('$$', '$$');
    else if (char === 'h' && !/\w/.test(this.text[this.at - 1] ?? ' ')) this.#bareAddress();
    else this.#take(1);
  }

  #take(length) {
    this.plain += this.text.slice(this.at, this.at + length);
    this.at += length;
  }

  #flush() {
    if (this.plain) this.nodes.push({type: 'text', text: this.plain});
    this.plain = '';
  }

  #push(node, end) {
    this.#flush();
    this.nodes.push(node);
    this.at = end;
  }

  #match(pattern) {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text);
  }

  #escape() {
    const next = this.text[this.at + 1];
    if (next === '(') return this.#formula('\\(', '\\)');
    if (next === '[') return this.#formula('\\[', '\\]');
    if (next === '\n') return this.#push({type: 'break'}, this.at + 2);
    if (next && kEscapable.test(next)) ++this.at;
    this.#take(1);
  }

  // Where `closing` is next, or -1; remembers when there is none.
  #find(closing, from) {
    if (this.unclosed.has(closing)) return -1;
    const found = this.text.indexOf(closing, from);
    if (found < 0) this.unclosed.add(closing);
    return found;
  }

  #formula(opening, closing) {
    const end = this.#find(closing, this.at + 2);
    if (end < 0) return this.#take(opening.length);
    this.#push({type: 'formula', text: this.text.slice(this.at, end + 2)}, end + 2);
  }

  #code() {
    let length = 1;
    while (this.text[this.at + length] === '`') ++length;
    const start = this.at + length;
    const key = '`'.repeat(length);
    const end = this.unclosed.has(key) ? -1 : this.#runOf(length, start);
    if (end < 0) {
      this.unclosed.add(key);
      return this.#take(length);
    }
    let text = this.text.slice(start, end).replace(/\n/g, ' ');
    if (text.startsWith(' ') && text.endsWith(' ') && text.trim()) text = text.slice(1, -1);
    this.#push({type: 'code', text}, end + length);
  }

  #runOf(length, from) {
    for (let at = this.text.indexOf('`', from); at >= 0; at = this.text.indexOf('`', at)) {
      let end = at;
      while (this.text[end] === '`') ++end;
      if (end - at === length) return at;
      at = end;
    }
    return -1;
  }

  #delimiter(char) {
    let count = 1;
    while (this.text[this.at + count] === char) ++count;
    if (char === '~' && count !== 2) return this.#take(count);
    const before = this.text[this.at - 1] ?? ' ', after = this.text[this.at + count] ?? ' ';
    const isSpace = (c) => /\s/.test(c), isMark = (c) => /[\p{P}\p{S}]/u.test(c);
    const left = !isSpace(after) && (!isMark(after) || isSpace(before) || isMark(before));
    const right = !isSpace(before) && (!isMark(before) || isSpace(after) || isMark(after));
    const opens = char === '_' ? left && (!right || isMark(before)) : left;
    const closes = char === '_' ? right && (!left || isMark(after)) : right;
    this.#push({delimiter: char, count, opens, closes}, this.at + count);
  }

  #bracket(text) {
    this.#push({bracket: text}, this.at + text.length);
    this.brackets.push(this.nodes.length - 1);
  }

  #closeBracket() {
    if (!this.brackets.length) return this.#take(1);
    const open = this.brackets.pop();
    kTarget.lastIndex = this.at + 1;
    const target = kTarget.exec(this.text);
    if (!target) return this.#take(1);
    this.#flush();
    const href = safeLink((target[1] ?? target[2]).replace(/\\([!-/:-@[-`{-~])/g, '$1'));
    const children = settle(this.nodes.splice(open).slice(1));
    // A picture is only ever a link to it: showing it would tell its host that it was read, and what the address holds.
    if (href) this.nodes.push({type: 'link', href, children: children.length ? children : [{type: 'text', text: href}]});
    else this.nodes.push(...children);
    this.brackets = [];  // links hold no links
    this.at += 1 + target[0].length;
  }

  #angle() {
    if (this.#match(kBreak)) return this.#push({type: 'break'}, kBreak.lastIndex);
    const address = this.#match(kAddress);
    if (!address) return this.#take(1);
    const href = safeLink(address[1]);
    if (!href) return this.#take(1);
    this.#push({type: 'link', href, children: [{type: 'text', text: address[1]}]}, this.at + address[0].length);
  }

  #bareAddress() {
    const found = this.#match(kBareAddress);
    if (!found) return this.#take(1);
    let address = found[0].replace(/[.,;:!?'*_~\]]+$/, '');
    if (address.endsWith(')') && !address.includes('(')) address = address.replace(/\)+[.,;:!?'*_~\]]*$/, '');
    const href = safeLink(address);
    if (!href) return this.#take(found[0].length);
    this.#push({type: 'link', href, children: [{type: 'text', text: address}]}, this.at + address.length);
  }

  #entity() {
    const match = this.#match(kEntity);
    if (!match) return this.#take(1);
    const [all, decimal, hex, name] = match;
    const code = decimal ? parseInt(decimal, 10) : parseInt(hex, 16);
    const valid = name || (code > 0 && code < 0x110000 && !(code >= 0xd800 && code < 0xe000));
    this.plain += name ? kEntities[name] : valid ? String.fromCodePoint(code) : '\ufffd';
    this.at += all.length;
  }

  #newline() {
    const isBreak = this.text.endsWith('  ', this.at);
    if (isBreak) this.#push({type: 'break'}, this.at + 1);
    else this.#take(1);
  }
}
