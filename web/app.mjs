// Starts the page, and connects its parts.

import {Api} from './api.mjs';
import {titleOf} from './chat/conversation.mjs';
import {Conversations} from './chat/conversations.mjs';
import {Session} from './chat/session.mjs';
import {openShelf} from './chat/shelf.mjs';
import {Connection} from './connection.mjs';
import {byId} from './dom.mjs';
import {fileName, saveFile} from './files.mjs';
import {placeIcons} from './icons.mjs';
import {Capabilities} from './models.mjs';
import {chooseTheme, chosenTheme} from './theme.mjs';
import {Announcer} from './view/announcer.mjs';
import {Composer} from './view/composer.mjs';
import {askForKey, showShortcuts, toast} from './view/dialogs.mjs';
import {listenForShortcuts} from './view/keys.mjs';
import {MessageList} from './view/message_list.mjs';
import {ModelPicker} from './view/model_picker.mjs';
import {askForParameters} from './view/parameters_dialog.mjs';
import {Sidebar} from './view/sidebar.mjs';
import {showWelcome} from './view/welcome.mjs';

class App {
  constructor({shelf, lasts}) {
    this.api = new Api(document.baseURI, sessionStorage);
    this.conversations = new Conversations(shelf);
    this.abilities = new Capabilities(this.api);
    this.server = 'loading';
    this.tabs = new BroadcastChannel('cria.conversations');
    this.session = new Session({
      api: this.api, conversations: this.conversations,
      capabilitiesOf: (model) => this.abilities.of(model),
      changed: (conversation, message) => this.#changed(conversation, message),
      failed: (error) => toast(error.message),
    });
    this.#makeViews();
    this.connection = new Connection(this.api, (isLost) => this.#connectionChanged(isLost));
    this.announcer = new Announcer(byId('live'));
    if (!lasts) toast('This browser keeps no data here: conversations are gone when the page is closed. Export those that you need.');
  }

  async start() {
    await this.conversations.load();
    this.#listen();
    const id = location.hash.slice(1);
    if (this.conversations.find(id)) this.session.open(id);
    else this.session.create('');
    this.composer.focus();
    await this.loadModels();
  }

  async loadModels() {
    try {
      const models = await this.api.models();
      this.abilities.setModels(models);
      this.picker.setModels(models);
      this.server = models.length ? 'ready' : 'empty';
    } catch (error) {
      this.server = error.kind === 'key' ? 'key' : 'offline';
      if (error.kind === 'offline') this.connection.lost();
      else if (error.kind !== 'key') toast(error.message);
    }
    if (!this.session.current.model) this.session.current.model = this.picker.preferred;
    await this.#show();
    if (this.server === 'key' && !document.querySelector('dialog[open]')) await this.enterKey();
  }

  // Whether the reader entered one.
  async enterKey() {
    const key = await askForKey(Boolean(this.api.key));
    if (!key) return false;
    this.api.key = key;
    await this.loadModels();
    return this.server !== 'key';
  }

  #makeViews() {
    this.sidebar = new Sidebar({
      open: (id) => this.#open(id),
      create: () => this.#create(),
      rename: (id, title) => this.session.rename(id, title),
      remove: (id) => this.#undoable('Conversation deleted.', this.session.removeConversation(id)),
      exportOne: (id) => this.#export(this.conversations.find(id)),
    });
    this.picker = new ModelPicker((model) => this.session.configure({model}));
    this.messages = new MessageList({
      regenerate: (id) => {
        const isWorthIt = this.#replaces(id);
        this.#undoable('The earlier answer was replaced.', this.session.regenerate(id), isWorthIt);
      },
      edit: (id, text) => {
        this.#undoable('What followed was replaced.', this.session.edit(id, text));
        this.composer.focus();
      },
      remove: (id) => {
        this.#undoable('Message deleted.', this.session.removeMessage(id));
        this.composer.focus();
      },
      enterKey: async (id) => { if (await this.enterKey()) this.session.regenerate(id); },
    });
    this.composer = new Composer({
      send: (text, images) => {
        this.messages.toEnd();
        this.session.send(text, images);
      },
      stop: () => this.session.stop(),
      editLast: () => this.messages.editLast(),
    });
  }

  #listen() {
    placeIcons(document.body);
    byId('theme').value = chosenTheme();
    byId('theme').addEventListener('change', () => chooseTheme(byId('theme').value));
    byId('open-parameters').addEventListener('click', () => this.#askForParameters());
    byId('show-shortcuts').addEventListener('click', showShortcuts);
    byId('export').addEventListener('click', () => saveFile('cria-conversations.json', this.conversations.exported()));
    byId('import').addEventListener('click', () => byId('import-file').click());
    byId('import-file').addEventListener('change', () => this.#import(byId('import-file')));
    listenForShortcuts({
      stop: () => this.session.stop(), create: () => this.#create(), focus: () => this.composer.focus(), help: showShortcuts,
    });
    addEventListener('pagehide', () => this.session.flush());
    addEventListener('hashchange', () => {
      const id = location.hash.slice(1);
      if (id !== this.session.current.id && this.conversations.find(id)) this.session.open(id);
    });
    this.tabs.addEventListener('message', () => this.#refresh());
  }

  #open(id) {
    this.session.open(id);
    this.composer.focus();
  }

  #create() {
    this.session.create(this.session.current.model || this.picker.preferred);
    this.composer.focus();
  }

  // Called by the session; with a message, only that one has changed.
  #changed(conversation, message) {
    const isShown = conversation === this.session.current;
    if (message) this.#answerChanged(message, isShown);
    if (message?.state === 'streaming' && (message.content || message.thinking)) {
      if (isShown) this.messages.update();
      return;
    }
    this.#show();
    if (message?.state !== 'streaming') this.tabs.postMessage('changed');
  }

  #answerChanged(message, isShown) {
    if (message.error?.kind === 'offline' || message.error?.kind === 'interrupted') this.connection.lost();
    if (!isShown) return;
    const streams = message.state === 'streaming';
    if (!message.content && streams) this.#tellWhatIsAwaited(message);
    if (streams !== this.announces) {
      this.announces = streams;
      if (streams) this.announcer.begin();
      else this.announcer.progress(message.content, true);
    } else if (streams) {
      this.announcer.progress(message.content, false);
    }
  }

  // Loading a model can take long: that is said.
  async #tellWhatIsAwaited(message) {
    if (this.awaits === message.id) return;
    this.awaits = message.id;
    this.messages.status = '';
    const running = await this.api.running().catch(() => undefined);
    if (!running || this.awaits !== message.id || message.content) return;
    const isLoaded = running.some(({name}) => name === message.model);
    this.messages.status = isLoaded ? 'Reading the prompt' : `Loading ${message.model}`;
    this.messages.update();
  }

  async #show() {
    const {session} = this;
    const {current} = session;
    const capabilities = await this.abilities.of(this.picker.find(current.model) ? current.model : '');
    if (current !== session.current) return;
    document.title = current.messages.length ? `${titleOf(current)} · cria` : 'cria';
    const isKept = Boolean(this.conversations.find(current.id));
    const address = isKept ? `#${current.id}` : location.pathname + location.search;
    if (isKept ? location.hash !== address : location.hash) history.replaceState(null, '', address);
    this.sidebar.show(this.conversations.list.map((conversation) =>
        ({conversation, isStreaming: session.streams(conversation)})), current.id);
    this.picker.show(current.model, capabilities);
    const ready = this.server === 'ready' && Boolean(this.picker.find(current.model));
    this.composer.setState({ready, streams: session.streams(current), sees: capabilities.includes('vision'), model: current.model});
    showWelcome(current.messages.length ? undefined : this.server,
        {reload: () => this.loadModels(), enterKey: () => this.enterKey()});
    this.messages.show(current);
  }

  #connectionChanged(isLost) {
    const place = byId('connection');
    place.hidden = !isLost;
    place.textContent = isLost ? 'The server cannot be reached. Trying again…' : '';
    if (!isLost) this.loadModels();
  }

  async #askForParameters() {
    const {model, parameters} = this.session.current;
    const changed = await askForParameters(parameters, await this.abilities.of(model));
    if (changed) await this.session.configure({parameters: changed});
  }

  #replaces(id) {
    const {messages} = this.session.current;
    const message = messages.find((each) => each.id === id);
    return message.role === 'assistant' && Boolean(message.content) || messages.at(-1) !== message;
  }

  async #undoable(text, done, isWorthIt = true) {
    const undo = await done;
    if (isWorthIt) toast(text, {label: 'Undo', run: undo});
  }

  #export(conversation) {
    saveFile(fileName(titleOf(conversation)), this.conversations.exported([conversation]));
  }

  async #import(input) {
    const [file] = input.files;
    input.value = '';
    if (!file) return;
    try {
      const count = await this.conversations.import(await file.text());
      toast(count ? `${count} ${count === 1 ? 'conversation' : 'conversations'} imported.` : 'All of them are here already.');
    } catch (error) {
      toast(`${file.name}: ${error.message}`);
    }
    this.#changed(this.session.current);
  }

  // Another tab has changed something.
  async #refresh() {
    const {current} = this.session;
    await this.conversations.refresh((conversation) => this.session.streams(conversation));
    const theirs = this.conversations.find(current.id);
    if (theirs && theirs !== current) this.session.current = theirs;
    this.#show();
  }
}

const app = new App(await openShelf());
await app.start();
