// The server's API, and its failures as one type whose `kind` says what went wrong.

import {BadLine, readObjects} from './ndjson.mjs';

const kKeyName = 'cria.key';

export class ApiError extends Error {
  // kind: offline (no answer at all), interrupted (the answer broke off), key (401), forbidden (403), missing (404),
  // busy (503), refused (another 4xx), failed (5xx, or an error within the stream).
  constructor(kind, message, {retryAfter} = {}) {
    super(message);
    this.kind = kind;
    this.retryAfter = retryAfter;  // seconds
  }
}

export class Api {
  // `base` is the page's own address; `keys` is the session's storage, where a key lives until the tab is closed.
  constructor(base, keys, fetcher = (...request) => fetch(...request)) {
    this.base = base;
    this.keys = keys;
    this.fetch = fetcher;
  }

  get key() { return this.keys.getItem(kKeyName) ?? ''; }
  set key(value) {
    if (value) this.keys.setItem(kKeyName, value);
    else this.keys.removeItem(kKeyName);
  }

  async version() { return (await this.#json('api/version')).version; }
  async models() { return (await this.#json('api/tags')).models ?? []; }
  async running() { return (await this.#json('api/ps')).models ?? []; }
  async show(model) { return this.#json('api/show', {model}); }

  // The objects of an answer as they come. Throws an ApiError of kind interrupted if the last one is missing.
  async* chat(request, signal) {
    const response = await this.#request('api/chat', {...request, stream: true}, signal);
    let done = false;
    try {
      for await (const object of readObjects(response.body)) {
        if (object.error) throw new ApiError('failed', String(object.error));
        yield object;
        done ||= object.done === true;
      }
    } catch (error) {
      if (error instanceof ApiError || error.name === 'AbortError') throw error;
      if (error instanceof BadLine) throw new ApiError('failed', error.message);
      throw new ApiError('interrupted', 'the connection was lost while the answer came');
    }
    if (!done) throw new ApiError('interrupted', 'the answer broke off');
  }

  async #json(path, body) {
    const response = await this.#request(path, body);
    try {
      return await response.json();
    } catch {
      throw new ApiError('failed', `${path}: the server's answer is no JSON`);
    }
  }

  async #request(path, body, signal) {
    const headers = {Accept: 'application/json, application/x-ndjson'};
    if (this.key) headers.Authorization = `Bearer ${this.key}`;
    const options = {headers, signal, cache: 'no-store', credentials: 'same-origin'};
    if (body) {
      options.method = 'POST';
      options.body = JSON.stringify(body);
      headers['Content-Type'] = 'application/json';
    }
    let response;
    try {
      response = await this.fetch(new URL(path, this.base), options);
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new ApiError('offline', 'the server cannot be reached');
    }
    if (!response.ok) throw await failure(response);
    return response;
  }
}

async function failure(response) {
  const text = await response.text().catch(() => '');
  const retryAfter = Number(response.headers.get('Retry-After')) || undefined;
  return new ApiError(kindOf(response.status), messageOf(text) || `the server answered ${response.status}`, {retryAfter});
}

function messageOf(text) {
  try {
    const {error} = JSON.parse(text);
    return typeof error === 'string' ? error : error?.message;
  } catch {
    return text.trim().slice(0, 300);
  }
}

function kindOf(status) {
  const kinds = {401: 'key', 403: 'forbidden', 404: 'missing', 503: 'busy'};
  return kinds[status] ?? (status < 500 ? 'refused' : 'failed');
}
