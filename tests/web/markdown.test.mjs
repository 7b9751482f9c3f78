import assert from 'node:assert/strict';
import {test} from 'node:test';

import {parse} from '../../web/markdown/blocks.mjs';

// A tree in short: strong(a) for {type: 'strong', children: [text a]}.
function short(node) {
  if (Array.isArray(node)) return node.map(short).join('');
  const inner = node.items ? node.items.map((item) => `-(${short(item.children)})`).join('') : node.children && short(node.children);
  if (node.type === 'text') return node.text;
  if (node.type === 'break') return '/';
  if (node.type === 'link') return `link(${inner} ${node.href})`;
  if (node.type === 'paragraph') return `p(${inner})`;
  if (node.type === 'heading') return `h${node.level}(${inner})`;
  if (node.type === 'list') return `${node.ordered ? `ol${node.start}` : 'ul'}${node.loose ? 'loose' : ''}(${inner})`;
  return `${node.type}(${inner ?? node.text ?? ''})`;
}

const isParsed = (text, expected) => assert.equal(short(parse(text)), expected, text);

test('paragraphs and breaks', () => {
  isParsed('a\nb\n\nc', 'p(a\nb)p(c)');
  isParsed('a  \nb\\\nc<br>d', 'p(a  /b/c/d)');
});

test('headings', () => {
  isParsed('# A\n###### B ##\n####### c\n#d', 'h1(A)h6(B)p(####### c\n#d)');
  isParsed('text\n## A', 'p(text)h2(A)');
});

test('emphasis', () => {
  isParsed('**a** *b* __c__ _d_ ~~e~~', 'p(strong(a) emphasis(b) strong(c) emphasis(d) deleted(e))');
  isParsed('***a***', 'p(emphasis(strong(a)))');
  isParsed('**a *b* c**', 'p(strong(a emphasis(b) c))');
  isParsed('snake_case_name and 2 * 3 * 4', 'p(snake_case_name and 2 * 3 * 4)');
  isParsed('**open *both', 'p(**open *both)');
  isParsed('\\*a\\*', 'p(*a*)');
});

test('code', () => {
  isParsed('`a*b*` and `` ` ``', 'p(code(a*b*) and code(`))');
  isParsed('`open', 'p(`open)');
  assert.deepEqual(parse('```c++\nint a;\n\n  b\n```\nx').map(({source, ...rest}) => rest), [
    {type: 'code', language: 'c++', text: 'int a;\n\n  b'}, {type: 'paragraph', children: [{type: 'text', text: 'x'}]}]);
  isParsed('~~~\n```\n~~~', 'code(```)');
  isParsed('````\n```\n````', 'code(```)');
});

test('a fence that is still open is code to the end', () => {
  isParsed('a\n```py\nx = 1\n# y', 'p(a)code(x = 1\n# y)');
});

test('lists', () => {
  isParsed('- a\n- b\n  - c\n- d', 'ul(-(p(a))-(p(b)ul(-(p(c))))-(p(d)))');
  isParsed('3. a\n4. b', 'ol3(-(p(a))-(p(b)))');
  isParsed('- a\n\n- b', 'ulloose(-(p(a))-(p(b)))');
  isParsed('1. a\n\n   ```\n   x\n   ```\n2. b', 'ol1loose(-(p(a)code(x))-(p(b)))');
  isParsed('1. a\n   - b\n   - c\n2. d', 'ol1(-(p(a)ul(-(p(b))-(p(c))))-(p(d)))');
  isParsed('text\n- a\nlazy\n\nend', 'p(text)ul(-(p(a\nlazy)))p(end)');
  assert.deepEqual(parse('- [ ] a\n- [x] b')[0].items.map(({checked}) => checked), [false, true]);
});

test('quotes and rules', () => {
  isParsed('> a\n> > b\n\n---\nc', 'quote(p(a)quote(p(b)))rule()p(c)');
});

test('tables', () => {
  const [table] = parse('| a | b |\n|:-:|--:|\n| `x|y` | **2** |\n| p\\|q |\n\nz');
  assert.deepEqual(table.align, ['center', 'right']);
  assert.equal(short(table.rows[0][0]), 'code(x|y)');
  assert.equal(short(table.rows[0][1]), 'strong(2)');
  assert.equal(short(table.rows[1][0]), 'p|q');
  assert.deepEqual(table.rows[1][1], []);
  isParsed('a | b\nc | d', 'p(a | b\nc | d)');
});

test('links', () => {
  isParsed('[a **b**](https://x.org/y "t")', 'p(link(a strong(b) https://x.org/y))');
  isParsed('[w](https://en.wikipedia.org/wiki/C_(language))', 'p(link(w https://en.wikipedia.org/wiki/C_(language)))');
  isParsed('see https://x.org/a_b_c, or <https://y.org>.', 'p(see link(https://x.org/a_b_c https://x.org/a_b_c), or link(https://y.org https://y.org/).)');
  isParsed('(https://x.org/)', 'p((link(https://x.org/ https://x.org/)))');
  isParsed('[a] and [b](not a link', 'p([a] and [b](not a link)');
});

test('pictures are links to them, and are not loaded', () => {
  isParsed('![cat](https://x.org/c.png?secret)', 'p(link(cat https://x.org/c.png?secret))');
});

test('formulas stay as they are written', () => {
  isParsed('so \\(a_1 * b_2 * c\\) and $$x_1 _y_$$', 'p(so formula(\\(a_1 * b_2 * c\\)) and formula($$x_1 _y_$$))');
});

test('entities become characters, and only text', () => {
  isParsed('&lt;b&gt; &amp; &#128041; &#x41; &#0; &nothing;', 'p(<b> & 🐩 A \ufffd &nothing;)');
});

test('HTML is text', () => {
  isParsed('<b>x</b>\n\n<script>alert(1)</script>', 'p(<b>x</b>)p(<script>alert(1)</script>)');
});

test('every prefix of an answer can be parsed, as it is while it comes', () => {
  const text = '# A\n\n- **a** `b`\n  1. [c](https://x.org)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nlet a;\n```\n> q\n\n~~d~~ \\(x\\)';
  for (let end = 0; end <= text.length; ++end) parse(text.slice(0, end));
});

test('blocks that are finished keep their source while more comes', () => {
  const before = parse('a\n\n```\nx\n```\n\nb');
  const after = parse('a\n\n```\nx\n```\n\nb c\n\n- d');
  assert.deepEqual(after.slice(0, 2).map(({source}) => source), before.slice(0, 2).map(({source}) => source));
});

// Twice the text may take a few times as long on a busy machine; what is quadratic here would take minutes.
test('hostile texts take no more than linear time', () => {
  const n = 40000;
  const texts = ['*', '**a', '*a_', '_ *', '[', '![', '[a](', '[a](https://b.c)', '](', '`', '`a``', '> ', '- ', '- a\n', '- a\n\n', '|a', '|\n',
                 '\\(', '$$', '<br ', '<https://', 'https://', '#', 'a\n', '~~', '&#', '[a](<', '[](((('];
  for (const text of texts) {
    const started = process.cpuUsage().user;
    parse(text.repeat(n));
    const seconds = (process.cpuUsage().user - started) / 1e6;
    assert.ok(seconds < 8, `${JSON.stringify(text)} took ${seconds} s`);
  }
});
