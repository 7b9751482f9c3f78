// Simple colours for code: comments, strings, numbers, keywords and names that are called. Not a parser: what it takes for a
// keyword in an odd place costs nothing but a colour.

import {kComments, kStrings, languageOf} from './languages.mjs';

const kLongest = 60000;  // characters; longer code stays plain

// Parts [{kind, text}] whose texts together are the code; kind is comment, string, number, keyword, name, or nothing.
export function highlight(code, name = '') {
  const language = languageOf(name);
  if (!language || code.length > kLongest) return [{text: code}];
  const parts = [];
  let from = 0;
  for (const match of code.matchAll(patternOf(language))) {
    const kind = kindOf(match, language, code);
    if (!kind) continue;
    if (match.index > from) parts.push({text: code.slice(from, match.index)});
    parts.push({kind, text: match[0]});
    from = match.index + match[0].length;
  }
  if (from < code.length) parts.push({text: code.slice(from)});
  return parts;
}

function patternOf(language) {
  language.pattern ??= new RegExp([
    `(?<comment>${language.comment ? kComments[language.comment] : '(?!)'})`,
    language.tags ? '(?<keyword><\\/?[\\w:-]+|\\/?>)' : '(?<keyword>(?!))',
    `(?<string>${language.strings.map((name) => kStrings[name]).join('|')})`,
    '(?<word>[A-Za-z_$][\\w$]*)',
    '(?<number>\\d[\\w.]*)',
  ].join('|'), 'g');
  return language.pattern;
}

function kindOf({groups, 0: text, index}, {keywords, ignoreCase}, code) {
  if (!groups.word) return ['comment', 'keyword', 'string', 'number'].find((kind) => groups[kind] !== undefined);
  if (keywords.has(ignoreCase ? text.toLowerCase() : text)) return 'keyword';
  return code[index + text.length] === '(' ? 'name' : undefined;
}
