import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Element, elementsIn, installDocument} from './support.mjs';

installDocument();
const {renderInto} = await import('../../web/markdown/render.mjs');
const {safeLink} = await import('../../web/markdown/links.mjs');

const kElements = new Set('a blockquote br button code del div em h3 h4 h5 h6 hr input li ol p path pre span strong svg table tbody td th thead tr ul'.split(' '));
const kAttributes = new Set(('aria-hidden aria-label checked class d disabled href rel role scope start tabindex target title type viewBox').split(' '));

const kNasty = [
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg/onload=alert(1)>', '<iframe srcdoc="<script>alert(1)</script>">',
  '[x](javascript:alert(1))', '[x](JaVaScRiPt:alert(1))', '[x](java\nscript:alert(1))', '[x](java&#10;script:alert(1))', '[x](&#106;avascript:alert(1))',
  '[x](\\javascript:alert(1))', '[x]( javascript:alert(1))', '[x](\u0001javascript:alert(1))', '[x](data:text/html,<script>alert(1)</script>)',
  '[x](vbscript:msgbox)', '[x](file:///etc/passwd)', '[x](blob:https://a/b)', '[x](//evil.org)', '[x](/api/delete)', '[x](#a)', '[x](<javascript:alert(1)>)',
  '<javascript:alert(1)>', '<https://a" onclick="alert(1)>', '![x](javascript:alert(1))', '![" onerror="alert(1)](https://x.org/a.png)',
  '[x](https://a.org "title\\" onclick=\\"alert(1)")', '[x](https://a.org/"onclick="alert(1))', '`<script>`', '```html" onload="alert(1)\n<script>alert(1)</script>\n```',
  '```\n</code></pre><script>alert(1)</script>\n```', '| <script> | b |\n|---|---|\n| <img src=x onerror=alert(1)> | c |', '# <style>*{display:none}</style>',
  '> <base href="https://evil.org">', '- <form action="https://evil.org"><input name=a>', '<a href="javascript:alert(1)">x</a>', '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;script&#62;', '\u202e<script>', '<br onmouseover=alert(1)>', '[__proto__](constructor)', '```constructor\nx\n```', '```__proto__\nx\n```',
  '<meta http-equiv=refresh content="0;url=https://evil.org">', '[a](https://x.org)[b](javascript:1)', 'https://x.org/<script>', 'mailto:a@b', '<mailto:a@b.org?cc=c>',
];

function check(text) {
  const place = new Element('div');
  renderInto(place, text);
  for (const element of elementsIn(place)) {
    assert.ok(kElements.has(element.name), `${text}: <${element.name}>`);
    for (const [name, value] of Object.entries(element.attributes)) {
      assert.ok(kAttributes.has(name), `${text}: ${name}`);
      if (name === 'href') assert.match(value, /^(https?:\/\/|mailto:)[^\s<>"]+$/, text);
    }
    if (element.name === 'a') assert.equal(element.attributes.rel, 'noopener noreferrer');
    for (const listener of Object.values(element.listeners)) assert.equal(typeof listener, 'function');
  }
  return place;
}

test('nothing in an answer becomes an element or a link but what Markdown has', () => kNasty.forEach(check));

test('hostile pieces do no harm together either', () => {
  let seed = 7;
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  const pieces = [...kNasty, '**', '`', '```\n', '[', '](', ')', '\n', '\n\n', '> ', '- ', '| ', '<', '>', '"', '\\', '&', '!'];
  for (let round = 0; round < 1500; ++round) {
    check(Array.from({length: 1 + random(8)}, () => pieces[random(pieces.length)]).join(''));
  }
});

test('HTML is shown as it was written', () => {
  for (const text of ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>']) assert.equal(check(text).textContent, text);
});

test('links lead to the web or to mail', () => {
  assert.equal(safeLink('https://x.org/a'), 'https://x.org/a');
  assert.equal(safeLink('MAILTO:a@b.org'), 'mailto:a@b.org');
  for (const address of ['javascript:1', ' https://x.org', 'https://', 'x.org', '/api', 'java\tscript:1', '', 'https:x']) {
    assert.equal(safeLink(address), undefined, address);
  }
});

test('the language of code cannot name what a list inherits', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) assert.equal(check(`\`\`\`${name}\nif (x) 1\n\`\`\``).find('span').filter(
      ({attributes}) => attributes.class?.startsWith('code-')).length, 0);
});

test('blocks that did not change stay the same elements', () => {
  const place = new Element('div');
  renderInto(place, 'a\n\nb');
  const [first, second] = place.childNodes;
  renderInto(place, 'a\n\nb c\n\nd');
  assert.equal(place.childNodes[0], first);
  assert.notEqual(place.childNodes[1], second);
  assert.equal(place.textContent, 'ab cd');
  renderInto(place, 'x');
  assert.equal(place.textContent, 'x');
});
