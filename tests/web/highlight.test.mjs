import assert from 'node:assert/strict';
import {test} from 'node:test';

import {highlight} from '../../web/highlight.mjs';

const kinds = (code, language) => highlight(code, language).filter(({kind}) => kind).map(({kind, text}) => `${kind}:${text}`);

test('comments, strings, numbers, keywords and calls are told apart', () => {
  assert.deepEqual(kinds('if x: # "no"\n  f("a # b", 1.5)', 'py'),
      ['keyword:if', 'comment:# "no"', 'name:f', 'string:"a # b"', 'number:1.5']);
  assert.deepEqual(kinds('const a = `x ${1}`; // c', 'js'), ['keyword:const', 'string:`x ${1}`', 'comment:// c']);
  assert.deepEqual(kinds("fn f<'a>(c: char) { 'x' }", 'rust'), ['keyword:fn', "string:'x'"]);
  assert.deepEqual(kinds('SELECT a FROM t -- all', 'sql'), ['keyword:SELECT', 'keyword:FROM', 'comment:-- all']);
});

test('the parts are the code', () => {
  const codes = ['', 'a', '"open', "'", '/* open', '`', '"""', 'x = "\\', '<!-- <a b="c">', '0x1f 1e9', '{"a": [1, null]}', '\\', '/'];
  for (const language of ['js', 'py', 'cpp', 'rust', 'html', 'css', 'json', 'yaml', 'sql', 'sh', 'go', 'java', 'unknown', '', undefined]) {
    for (const code of codes) assert.equal(highlight(code, language).map(({text}) => text).join(''), code, `${language}: ${code}`);
  }
});

test('unknown languages and very long code stay plain', () => {
  assert.deepEqual(highlight('if 1', 'brainfuck'), [{text: 'if 1'}]);
  assert.equal(highlight('if 1\n'.repeat(20000), 'py').length, 1);
});
