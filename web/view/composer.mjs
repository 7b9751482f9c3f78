// Where a message is written: text, and pictures by button, paste or drop if the model sees.

import {addressOf, isPicture, readPicture} from '../chat/pictures.mjs';
import {byId, element, iconButton} from '../dom.mjs';
import {sendsOnEnter} from './keys.mjs';

export class Composer {
  #pictures = [];

  // actions: {send(text, images), stop(), editLast()}.
  constructor(actions) {
    this.actions = actions;
    this.field = byId('prompt');
    this.problem = byId('composer-problem');
    byId('composer').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
    byId('stop').addEventListener('click', () => actions.stop());
    this.field.addEventListener('input', () => this.#refresh());
    this.field.addEventListener('keydown', (event) => this.#key(event));
    this.#listenForPictures();
    this.setState({ready: false, streams: false, sees: false, model: ''});
  }

  focus() { this.field.focus(); }

  setState(state) {
    this.state = {...this.state, ...state};
    const hadFocus = document.activeElement === byId('stop') || document.activeElement === byId('send');
    byId('stop').hidden = !this.state.streams;
    byId('send').hidden = this.state.streams;
    byId('attach').hidden = !this.state.sees;
    if (hadFocus && document.activeElement === document.body) this.focus();
    this.#refresh();
  }

  #refresh() {
    this.field.style.height = 'auto';
    this.field.style.height = `${this.field.scrollHeight}px`;
    byId('send').disabled = !this.#canSend();
    if (this.#pictures.length && !this.state.sees) this.#tell(`${this.state.model} does not see pictures. Choose a model that does, or remove them.`);
    else this.#tell('');
  }

  #canSend() {
    const blind = this.#pictures.length && !this.state.sees;
    return this.state.ready && !this.state.streams && !blind && Boolean(this.field.value.trim() || this.#pictures.length);
  }

  #send() {
    if (!this.#canSend()) return;
    const text = this.field.value.trim(), pictures = this.#pictures;
    this.field.value = '';
    this.#pictures = [];
    this.#drawPictures();
    this.actions.send(text, pictures);
  }

  #key(event) {
    if (sendsOnEnter(event)) {
      event.preventDefault();
      this.#send();
    } else if (event.key === 'ArrowUp' && !this.field.value) {
      event.preventDefault();
      this.actions.editLast();
    }
  }

  #listenForPictures() {
    const chooser = byId('attach-file');
    byId('attach').addEventListener('click', () => chooser.click());
    chooser.addEventListener('change', () => {
      this.#attach([...chooser.files]);
      chooser.value = '';
    });
    this.field.addEventListener('paste', (event) => {
      const files = [...event.clipboardData.files].filter(isPicture);
      if (!files.length) return;
      event.preventDefault();
      this.#attach(files);
    });
    const page = byId('page');
    page.addEventListener('dragover', (event) => {
      if (!event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      page.classList.toggle('drops', this.state.sees);
    });
    page.addEventListener('dragleave', (event) => {
      if (!page.contains(event.relatedTarget)) page.classList.remove('drops');
    });
    page.addEventListener('drop', (event) => {
      page.classList.remove('drops');
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      this.#attach([...event.dataTransfer.files]);
    });
  }

  async #attach(files) {
    if (!this.state.sees) {
      this.#tell(`${this.state.model || 'The model'} does not see pictures.`);
      return;
    }
    const problems = [];
    for (const file of files) {
      try {
        this.#pictures.push(await readPicture(file));
      } catch (error) {
        problems.push(error.message);
      }
    }
    this.#drawPictures();
    if (problems.length) this.#tell(problems.join(' '));
    this.focus();
  }

  #drawPictures() {
    const list = byId('attachments');
    list.hidden = this.#pictures.length === 0;
    list.replaceChildren(...this.#pictures.map((picture) =>
        element('li', {}, element('img', {src: addressOf(picture), alt: picture.name}),
            iconButton('close', `Remove ${picture.name}`, () => {
              this.#pictures = this.#pictures.filter((each) => each !== picture);
              this.#drawPictures();
              this.focus();
            }))));
    this.#refresh();
  }

  #tell(problem) {
    if (this.problem.textContent !== problem) this.problem.textContent = problem;
  }
}
