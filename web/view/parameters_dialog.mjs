// The form of a conversation's parameters.

import {kParameters} from '../chat/parameters.mjs';
import {element} from '../dom.mjs';
import {ask} from './dialogs.mjs';

// The parameters as the reader has set them, or nothing if they were left alone.
export async function askForParameters(parameters, capabilities) {
  const rows = kParameters.filter(({needs}) => !needs || capabilities.includes(needs)).map((parameter) => new Row(parameter, parameters));
  const form = element('form', {class: 'parameters', novalidate: true, submit: (event) => {
    event.preventDefault();
    const wrong = rows.filter((row) => !row.check());
    if (wrong.length) wrong[0].input.focus();
    else form.closest('dialog').close('saved');
  }},
  element('p', {class: 'help'}, 'For this conversation. What is empty is left to the model.'),
  ...rows.map(({element: row}) => row),
  element('div', {class: 'row end'},
      element('button', {type: 'button', class: 'quiet', click: () => rows.forEach((row) => row.clear())}, 'Clear all'),
      element('button', {class: 'primary'}, 'Save')));
  if (await ask('Parameters', form) !== 'saved') return undefined;
  const kept = Object.fromEntries(Object.entries(parameters).filter(([name]) => !rows.some(({parameter}) => parameter.name === name)));
  return Object.assign(kept, ...rows.map((row) => row.value));
}

class Row {
  constructor(parameter, parameters) {
    this.parameter = parameter;
    const id = `parameter-${parameter.name}`;
    this.input = this.#input({id, 'aria-describedby': `${id}-help ${id}-problem`});
    this.input.value = String(parameters[parameter.name] ?? '');
    this.problem = element('p', {class: 'problem', id: `${id}-problem`, role: 'alert'});
    this.input.addEventListener('input', () => this.check());
    this.element = element('div', {class: `field ${parameter.kind}`}, element('label', {for: id}, parameter.label), this.input,
        element('p', {class: 'help', id: `${id}-help`}, parameter.help), this.problem);
  }

  get value() {
    const text = this.input.value;
    return text.trim() ? {[this.parameter.name]: this.parameter.parse(text)} : {};
  }

  check() {
    try {
      this.value;
      this.problem.textContent = '';
    } catch (error) {
      this.problem.textContent = error.message;
    }
    this.input.setAttribute('aria-invalid', String(Boolean(this.problem.textContent)));
    return !this.problem.textContent;
  }

  clear() {
    this.input.value = '';
    this.check();
  }

  #input(attributes) {
    const {kind, choices, placeholder} = this.parameter;
    if (kind === 'text') return element('textarea', {...attributes, rows: '4'});
    if (kind === 'choice') return element('select', attributes, ...choices.map(([value, label]) => element('option', {value}, label)));
    return element('input', {...attributes, type: 'text', inputmode: kind === 'number' ? 'decimal' : 'text', placeholder, autocomplete: 'off'});
  }
}
