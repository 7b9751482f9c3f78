// The parameters of a conversation: one row each, from which come the form, the checks and the request. A parameter that is
// not set is left to the model.

const number = (name, label, help, {min = -Infinity, max = Infinity, step = 'any', placeholder = ''} = {}) => ({
  name, label, help, kind: 'number', min, max, step, placeholder, isOption: true,
  parse(text) {
    const value = Number(text.replace('−', '-'));
    if (!text.trim() || !Number.isFinite(value)) throw new Error(`${label}: “${text}” is no number`);
    if (step === 1 && !Number.isInteger(value)) throw new Error(`${label}: ${text} is no whole number`);
    if (value < min || value > max) throw new Error(`${label}: ${text} is not ${range(min, max)}`);
    return value;
  },
});

function range(min, max) {
  if (max === Infinity) return `${min} or more`;
  return `between ${min} and ${max}`;
}

const kThink = {'true': true, 'false': false, low: 'low', medium: 'medium', high: 'high', max: 'max'};
const kLongestSeed = 2 ** 32 - 1;

export const kParameters = [
  {name: 'system', label: 'System text', kind: 'text', help: 'How the model shall behave; sent before the first message.',
   parse: (text) => text},
  {name: 'think', label: 'Thinking', kind: 'choice', needs: 'thinking', help: 'Whether the model thinks before it answers, and how much.',
   choices: [['', 'As the model does'], ['true', 'On'], ['false', 'Off'], ['low', 'Low'], ['medium', 'Medium'], ['high', 'High'], ['max', 'Most']],
   parse(text) {
     if (!Object.hasOwn(kThink, text)) throw new Error(`Thinking: there is no level “${text}”`);
     return kThink[text];
   }},
  number('temperature', 'Temperature', 'Higher is more varied, 0 always takes the likeliest word.', {min: 0, max: 5, placeholder: '0.8'}),
  number('top_p', 'Top p', 'Chooses among the likeliest words that have this share together.', {min: 0, max: 1, placeholder: '0.9'}),
  number('top_k', 'Top k', 'Chooses among so many of the likeliest words; 0 is all.', {min: 0, step: 1, placeholder: '40'}),
  number('num_ctx', 'Context length', 'Tokens that the model sees at once. More needs more memory.', {min: 1, step: 1, placeholder: 'as memory allows'}),
  number('num_predict', 'Longest answer', 'In tokens; −1 is without a limit.', {min: -2, step: 1, placeholder: '−1'}),
  number('seed', 'Seed', 'The same seed and messages give the same answer; −1 is a new one each time.', {min: -1, max: kLongestSeed, step: 1, placeholder: '−1'}),
  {name: 'keep_alive', label: 'Keep loaded', kind: 'word', help: 'For how long after an answer: 5m, 1h30m, 0 (not at all) or −1 (always).', placeholder: '5m',
   parse(text) {
     const plain = text.trim().replace('−', '-');
     if (/^-?\d+$/.test(plain)) return Number(plain);
     if (!/^-?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(plain)) throw new Error(`Keep loaded: “${text}” is no duration such as 5m or 1h30m`);
     return plain;
   }},
];

export function optionsOf(parameters) {
  const options = Object.fromEntries(kParameters
      .filter(({name, isOption}) => isOption && parameters[name] !== undefined)
      .map(({name}) => [name, parameters[name]]));
  return Object.keys(options).length ? {options} : {};
}
