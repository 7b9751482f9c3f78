// The choice of a model among those that the server has.

import {byId, element} from '../dom.mjs';

const kRemembered = 'cria.model';

export class ModelPicker {
  // chosen(name) is called when the reader takes another model.
  constructor(chosen) {
    this.select = byId('model');
    this.details = byId('model-details');
    this.models = [];
    this.select.addEventListener('change', () => {
      localStorage.setItem(kRemembered, this.select.value);
      chosen(this.select.value);
    });
  }

  // The one that was chosen last, if it is still there, else the latest.
  get preferred() {
    const remembered = localStorage.getItem(kRemembered);
    return this.find(remembered)?.name ?? this.models[0]?.name ?? '';
  }

  find(name) { return this.models.find((model) => model.name === name); }

  setModels(models) {
    this.models = models;
  }

  // Shows the model of a conversation, also when the server no longer has it.
  show(name, capabilities) {
    const names = this.models.map((model) => model.name);
    if (name && !names.includes(name)) names.unshift(name);
    this.select.replaceChildren(...names.map((each) =>
        element('option', {value: each}, this.find(each) ? each : `${each} (not there)`)));
    this.select.value = name;
    this.select.hidden = names.length === 0;
    const {parameter_size: size, quantization_level: type} = this.find(name)?.details ?? {};
    this.details.textContent = [size, type, ...capabilities.filter((each) => each === 'vision' || each === 'thinking')]
        .filter(Boolean).join(' · ');
  }
}
