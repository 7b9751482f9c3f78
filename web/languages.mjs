// The languages whose code is coloured: their comments, strings and keywords, as sources of regular expressions and as sets.

export const kComments = {
  slashes: '\\/\\/[^\\n]*|\\/\\*[^]*?(?:\\*\\/|$)',
  hash: '#[^\\n]*',
  dashes: '--[^\\n]*',
  markup: '<!--[^]*?(?:-->|$)',
  css: '\\/\\*[^]*?(?:\\*\\/|$)',
};
export const kStrings = {
  usual: '"(?:[^"\\\\\\n]|\\\\[^])*"?|\'(?:[^\'\\\\\\n]|\\\\[^])*\'?',
  template: '`(?:[^`\\\\]|\\\\[^])*`?',
  triple: '"""[^]*?(?:"""|$)|\'\'\'[^]*?(?:\'\'\'|$)',
  double: '"(?:[^"\\\\\\n]|\\\\[^])*"?|\'(?:\\\\.|[^\'\\\\\\n])\'',  // 'a' is a character, and 'a a lifetime
};

const words = (text) => new Set(text.split(' '));

const kLanguages = {
  js: {comment: 'slashes', strings: ['usual', 'template'], keywords: words(
    'async await break case catch class const continue default delete do else export extends false finally for from ' +
    'function if implements import in instanceof interface let new null of private public readonly return static ' +
    'super switch this throw true try type typeof undefined var void while yield')},
  python: {comment: 'hash', strings: ['triple', 'usual'], keywords: words(
    'False None True and as assert async await break case class continue def del elif else except finally for from ' +
    'global if import in is lambda match nonlocal not or pass raise return self try while with yield')},
  c: {comment: 'slashes', strings: ['double'], keywords: words(
    'alignas alignof auto bool break case catch char class concept const consteval constexpr constinit continue ' +
    'co_await co_return co_yield decltype default delete do double else enum explicit extern false final float for ' +
    'friend goto if inline int long mutable namespace new noexcept nullptr operator override private protected ' +
    'public requires return short signed sizeof static struct switch template this throw true try typedef typename ' +
    'union unsigned using virtual void volatile while')},
  java: {comment: 'slashes', strings: ['triple', 'usual'], keywords: words(
    'abstract base bool boolean break byte case catch char class const continue data default do double else enum ' +
    'extends false final finally float for foreach fun if implements import in int interface internal is long ' +
    'namespace new null object override package private protected public return sealed short static string super ' +
    'switch this throw throws true try using val var virtual void when while')},
  go: {comment: 'slashes', strings: ['usual', 'template'], keywords: words(
    'any bool break byte case chan const continue default defer else error fallthrough false float64 for func go ' +
    'goto if import int int64 interface map nil package range return rune select string struct switch true type ' +
    'uint8 var')},
  rust: {comment: 'slashes', strings: ['double'], keywords: words(
    'Self as async await bool box break const continue crate dyn else enum extern f32 f64 false fn for i32 i64 if ' +
    'impl in let loop match mod move mut pub ref return self static str struct super trait true type u32 u64 u8 ' +
    'unsafe use usize where while')},
  shell: {comment: 'hash', strings: ['usual'], keywords: words(
    'case cd do done echo elif else esac exit export fi for function if in local read return set shift sudo then ' +
    'until while')},
  sql: {comment: 'dashes', strings: ['usual'], ignoreCase: true, keywords: words(
    'add all alter and as asc between by case create default delete desc distinct drop else end exists foreign from ' +
    'full group having in index inner insert into is join key left like limit not null offset on or order outer ' +
    'primary references right select set table then union unique update values view when where with')},
  json: {strings: ['usual'], keywords: words('true false null')},
  yaml: {comment: 'hash', strings: ['usual'], keywords: words('true false null yes no')},
  markup: {comment: 'markup', strings: ['usual'], keywords: new Set(), tags: true},
  css: {comment: 'css', strings: ['usual'], keywords: words('important media supports import keyframes')},
};

const kAliases = {
  javascript: 'js', jsx: 'js', typescript: 'js', ts: 'js', tsx: 'js', mjs: 'js',
  py: 'python', python3: 'python', ruby: 'python', rb: 'python', perl: 'python', r: 'python',
  cpp: 'c', 'c++': 'c', cc: 'c', h: 'c', hpp: 'c', cuda: 'c',
  csharp: 'java', cs: 'java', 'c#': 'java', kotlin: 'java', kt: 'java', swift: 'java', scala: 'java',
  golang: 'go',
  rs: 'rust',
  bash: 'shell', sh: 'shell', zsh: 'shell', console: 'shell', dockerfile: 'shell', makefile: 'shell', cmake: 'shell',
  toml: 'yaml', ini: 'yaml', yml: 'yaml',
  jsonc: 'json',
  html: 'markup', xml: 'markup', svg: 'markup',
  scss: 'css', less: 'css',
  postgresql: 'sql', mysql: 'sql', sqlite: 'sql',
};

// {comment, strings, keywords, ...} of the language with this name, or nothing.
export function languageOf(name) {
  const key = name.toLowerCase();
  const language = Object.hasOwn(kAliases, key) ? kAliases[key] : key;
  return Object.hasOwn(kLanguages, language) ? kLanguages[language] : undefined;
}
