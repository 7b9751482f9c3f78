// What stands in the place of messages before there are any.

import {byId, element} from '../dom.mjs';

// state: ready, loading, empty (the server has no model), key (it wants one) or offline; actions: {reload(), enterKey()}.
export function showWelcome(state, actions) {
  const place = byId('welcome');
  place.hidden = state === undefined;
  if (place.hidden || place.dataset.state === state) return;
  place.dataset.state = state;
  place.replaceChildren(element('span', {class: 'mark', 'aria-hidden': 'true'}), ...kContent[state](actions));
}

const kContent = {
  loading: () => [element('p', {}, 'Asking the server for its models')],
  ready: () => [element('h2', {}, 'What is on your mind?'),
                element('p', {}, 'The answers come from a model on your own server.')],
  empty: ({reload}) => [
    element('h2', {}, 'No model yet'),
    element('p', {}, 'This page talks to the models in the server’s store. Put one there, on the machine that runs the server:'),
    element('pre', {tabindex: '0', 'aria-label': 'Command'}, element('code', {}, 'cria create my-model -f Modelfile')),
    element('p', {}, 'where the Modelfile says ', element('code', {}, 'FROM ./model.gguf'),
        '. What Ollama has pulled into the same store is found as well.'),
    element('button', {type: 'button', click: reload}, 'Look again'),
  ],
  key: ({enterKey}) => [
    element('h2', {}, 'The server asks for a key'),
    element('p', {}, 'Whoever runs it can give you one.'),
    element('button', {type: 'button', class: 'primary', click: enterKey}, 'Enter a key'),
  ],
  offline: ({reload}) => [
    element('h2', {}, 'The server cannot be reached'),
    element('p', {}, 'Check that ', element('code', {}, 'cria serve'), ' is running. The page looks again every few seconds.'),
    element('button', {type: 'button', click: reload}, 'Look again'),
  ],
};
