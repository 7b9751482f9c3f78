// The numbers below an answer.

const whole = (number) => Math.round(number).toLocaleString('en');
const rate = (number) => `${number < 100 ? number.toFixed(1) : whole(number)} tokens/s`;

// {text, title}: in short, and all of it.
export function statisticsText({model, statistics = {}}) {
  const {tokens, tokensPerSecond, promptTokens, promptTokensPerSecond, loadSeconds, totalSeconds} = statistics;
  const short = [], all = [];
  if (model) all.push(model);
  if (tokens !== undefined) short.push(`${whole(tokens)} tokens`);
  if (tokensPerSecond) short.push(rate(tokensPerSecond));
  all.push(...short);
  if (promptTokens !== undefined) {
    all.push(`prompt of ${whole(promptTokens)} tokens${promptTokensPerSecond ? ` at ${rate(promptTokensPerSecond)}` : ''}`);
  }
  if (loadSeconds >= 0.1) all.push(`loaded in ${loadSeconds.toFixed(1)} s`);
  if (totalSeconds) {
    short.push(`${totalSeconds.toFixed(1)} s`);
    all.push(`${totalSeconds.toFixed(1)} s in all`);
  }
  return {text: short.join(' · '), title: all.join('\n')};
}
