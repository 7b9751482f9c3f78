// What the server's models can do.

export class Capabilities {
  #known = new Map();  // model to promise of capabilities

  constructor(api) { this.api = api; }

  // From the list of models, where servers say so there.
  setModels(models) {
    this.#known.clear();
    for (const {name, capabilities} of models) if (capabilities) this.#known.set(name, Promise.resolve(capabilities));
  }

  // Without an answer, nothing but text is taken for possible, until the next question.
  of(model) {
    if (!model) return Promise.resolve([]);
    if (!this.#known.has(model)) {
      this.#known.set(model, this.api.show(model).then(({capabilities}) => capabilities ?? []).catch(() => {
        this.#known.delete(model);
        return [];
      }));
    }
    return this.#known.get(model);
  }
}
