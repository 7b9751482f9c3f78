// Notices that the server has gone, and asks until it is back.

const kFirstPause = 1000, kLongestPause = 10000;  // milliseconds

export class Connection {
  // changed(isLost) is called when that changes.
  constructor(api, changed) {
    this.api = api;
    this.changed = changed;
    this.isLost = false;
    addEventListener('offline', () => this.lost());
    addEventListener('online', () => this.#ask());
  }

  lost() {
    if (this.isLost) return;
    this.isLost = true;
    this.changed(true);
    this.#askLater(kFirstPause);
  }

  #askLater(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask(Math.min(pause * 2, kLongestPause)), pause);
  }

  // Any answer will do, a refusal too.
  async #ask(pause = kFirstPause) {
    if (!this.isLost) return;
    try {
      await this.api.version();
    } catch (error) {
      if (error.kind === 'offline') return this.#askLater(pause);
    }
    clearTimeout(this.timer);
    this.isLost = false;
    this.changed(false);
  }
}
