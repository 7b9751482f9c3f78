// Asks for an answer and writes it into a message as it comes.

import {explain} from '../errors.mjs';
import {requestOf} from './conversation.mjs';

// Fills `message`, an empty one of the assistant that `conversation` does not hold yet or holds last; calls `changed` after each
// change. Never throws: what goes wrong stands in message.error, and a stop in message.state.
export async function answer({api, conversation, message, capabilities, signal, changed, now = () => performance.now()}) {
  const request = requestOf({...conversation, messages: conversation.messages.filter(({id}) => id !== message.id)}, capabilities);
  const started = now();
  message.state = 'streaming';
  changed();
  try {
    for await (const object of api.chat(request, signal)) {
      append(message, object.message ?? {}, now() - started);
      if (object.done) finish(message, object);
      changed();
    }
  } catch (error) {
    message.state = 'stopped';
    if (error.name !== 'AbortError') message.error = explain(error);
  }
  changed();
}

function append(message, {content, thinking}, milliseconds) {
  if (thinking) {
    message.thinking = (message.thinking ?? '') + thinking;
    message.thoughtSeconds = milliseconds / 1000;
  }
  if (content) message.content += content;
}

function finish(message, object) {
  if (object.done_reason === 'length') message.state = 'length';
  else delete message.state;
  message.statistics = statisticsOf(object);
}

// Counts, and seconds instead of the API's nanoseconds.
export function statisticsOf(object) {
  const seconds = (name) => (object[name] > 0 ? object[name] / 1e9 : undefined);
  const rate = (count, duration) => (count > 0 && duration ? count / duration : undefined);
  const statistics = {
    tokens: object.eval_count, tokensPerSecond: rate(object.eval_count, seconds('eval_duration')),
    promptTokens: object.prompt_eval_count, promptTokensPerSecond: rate(object.prompt_eval_count, seconds('prompt_eval_duration')),
    loadSeconds: seconds('load_duration'), totalSeconds: seconds('total_duration'),
  };
  return Object.fromEntries(Object.entries(statistics).filter(([, value]) => value !== undefined));
}
