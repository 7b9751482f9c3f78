// Markdown to a tree: paragraphs, headings, lists, quotes, tables, code and rules, as models write them. Raw HTML is text, as are
// indented blocks. A tree is data ({type, ...}); render.mjs makes elements of it. Any text is valid, and takes linear time.

import {parseInline} from './inline.mjs';

const kDeepest = 12;  // of lists and quotes in one another; below that all is text

const kFence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})\s*(\S*)/;
const kHeading = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/;
const kRule = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const kQuote = /^ {0,3}> ?/;
const kItem = /^( *)([-*+]|\d{1,9}[.)])(?:( {1,4})(?=\S)|[ \t]*$)/;
const kTableRule = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

// Blocks of the top have `source`, the text that they came from.
export function parse(text) {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\t/g, '    ').split('\n');
  return parseLines(lines, 0, true);
}

function parseLines(lines, depth, isTop = false) {
  const blocks = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at].trim()) {
      ++at;
      continue;
    }
    const {block, end} = takeBlock(lines, at, depth);
    if (isTop) block.source = lines.slice(at, end).join('\n');
    blocks.push(block);
    at = end;
  }
  return blocks;
}

function takeBlock(lines, at, depth) {
  const line = lines[at];
  const fence = line.match(kFence);
  if (fence) return takeCode(lines, at, fence);
  const heading = line.match(kHeading);
  if (heading) {
    const text = (heading[2] ?? '').trim().replace(/(?:^|[ \t])#+$/, '');
    return {block: {type: 'heading', level: heading[1].length, children: parseInline(text)}, end: at + 1};
  }
  if (kRule.test(line)) return {block: {type: 'rule'}, end: at + 1};
  if (depth < kDeepest && kQuote.test(line)) return takeQuote(lines, at, depth);
  if (depth < kDeepest && kItem.test(line)) return takeList(lines, at, depth);
  if (startsTable(lines, at)) return takeTable(lines, at);
  return takeParagraph(lines, at, depth);
}

// A fence without an end lasts to the end: so it is while an answer comes.
function takeCode(lines, at, [opening, mark, language]) {
  const indent = opening.search(/\S/);
  const body = [];
  let end = at + 1;
  while (end < lines.length && !closes(lines[end], mark)) body.push(unindent(lines[end++], indent));
  return {block: {type: 'code', language, text: body.join('\n')}, end: Math.min(end + 1, lines.length)};
}

function closes(line, mark) {
  const text = line.trim();
  return text.length >= mark.length && text === mark[0].repeat(text.length);
}

function unindent(line, width) {
  const indent = line.search(/\S|$/);
  return line.slice(Math.min(indent, width));
}

function takeQuote(lines, at, depth) {
  const inner = [];
  let end = at;
  while (end < lines.length && kQuote.test(lines[end])) inner.push(lines[end++].replace(kQuote, ''));
  return {block: {type: 'quote', children: parseLines(inner, depth + 1)}, end};
}

function takeList(lines, at, depth) {
  const [, indent, first] = lines[at].match(kItem);
  const ordered = /\d/.test(first);
  const items = [];
  let loose = false;
  let end = at;
  while (end < lines.length) {
    const match = lines[end].match(kItem);
    if (!match || kRule.test(lines[end]) || /\d/.test(match[2]) !== ordered) break;
    if (Math.abs(match[1].length - indent.length) > 1) break;
    const item = takeItem(lines, end, match);
    items.push(makeItem(item.lines, depth));
    loose ||= item.hasBlank || (item.blankAfter && lines[item.end]?.match(kItem) !== null && item.end < lines.length);
    end = item.end;
  }
  return {block: {type: 'list', ordered, start: ordered ? parseInt(first, 10) : 1, loose, items}, end};
}

// The lines that belong to an item: those indented below its text, and the rest of its paragraph.
function takeItem(lines, at, [marker, indent, bullet, space]) {
  const width = indent.length + bullet.length + (space?.length ?? 1);
  const inner = [lines[at].slice(marker.length)];
  let end = at + 1, blanks = 0, hasBlank = false;
  for (; end < lines.length; ++end) {
    const line = lines[end];
    if (!line.trim()) {
      ++blanks;
      continue;
    }
    const deeper = line.search(/\S/) >= Math.min(width, indent.length + 2);
    if (!deeper && (blanks || interruptsParagraph(line))) break;
    hasBlank ||= blanks > 0 && !kItem.test(line);
    for (; blanks; --blanks) inner.push('');
    inner.push(unindent(line, width));
  }
  return {lines: inner, end, hasBlank, blankAfter: blanks > 0};
}

function makeItem(lines, depth) {
  const task = lines[0].match(/^\[([ xX])\] +/);
  if (task) lines[0] = lines[0].slice(task[0].length);
  return {checked: task ? task[1] !== ' ' : undefined, children: parseLines(lines, depth + 1)};
}

function startsTable(lines, at) {
  const rule = lines[at + 1];
  return rule !== undefined && lines[at].includes('|') && rule.includes('|') && kTableRule.test(rule) &&
      cellsOf(lines[at]).length === cellsOf(rule).length;
}

function takeTable(lines, at) {
  const align = cellsOf(lines[at + 1]).map((cell) => {
    if (cell.endsWith(':')) return cell.startsWith(':') ? 'center' : 'right';
    return 'left';
  });
  const row = (line) => {
    const cells = cellsOf(line).map(parseInline);
    return align.map((_, index) => cells[index] ?? []);
  };
  const rows = [];
  let end = at + 2;
  while (end < lines.length && lines[end].includes('|')) rows.push(row(lines[end++]));
  return {block: {type: 'table', align, head: row(lines[at]), rows}, end};
}

// Bars within code and after a backslash separate nothing.
function cellsOf(line) {
  const cells = [];
  let cell = '', inCode = false;
  const text = line.trim().replace(/^\|/, '').replace(/(?<!\\)\|$/, '');
  for (let at = 0; at < text.length; ++at) {
    if (text[at] === '\\' && text[at + 1] === '|') {
      cell += '|';
      ++at;
    } else if (text[at] === '|' && !inCode) {
      cells.push(cell.trim());
      cell = '';
    } else {
      if (text[at] === '`') inCode = !inCode && text.includes('`', at + 1);
      cell += text[at];
    }
  }
  cells.push(cell.trim());
  return cells;
}

function takeParagraph(lines, at, depth) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !startsTable(lines, end) &&
         !(depth < kDeepest ? interruptsParagraph(lines[end]) : kFence.test(lines[end]))) ++end;
  const text = lines.slice(at, end).map((line) => line.trimStart()).join('\n');
  return {block: {type: 'paragraph', children: parseInline(text.trimEnd())}, end};
}

function interruptsParagraph(line) {
  return kFence.test(line) || kHeading.test(line) || kRule.test(line) || kQuote.test(line) || kItem.test(line);
}
