// Where conversations lie: the browser's database, or memory where there is none (some private windows).

const kStore = 'conversations';

// {shelf, lasts}: whether what is put there outlives the page.
export async function openShelf() {
  try {
    return {shelf: new DatabaseShelf(await openDatabase()), lasts: true};
  } catch {
    return {shelf: new MemoryShelf(), lasts: false};
  }
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('cria', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(kStore, {keyPath: 'id'});
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('another tab holds an older database'));
  });
}

class DatabaseShelf {
  constructor(database) { this.database = database; }

  all() { return this.#run('readonly', (store) => store.getAll()); }
  put(conversation) { return this.#run('readwrite', (store) => store.put(conversation)); }
  remove(id) { return this.#run('readwrite', (store) => store.delete(id)); }

  #run(mode, action) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(kStore, mode);
      const request = action(transaction.objectStore(kStore));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? request.error);
    });
  }
}

export class MemoryShelf {
  #all = new Map();

  async all() { return [...this.#all.values()].map((each) => structuredClone(each)); }
  async put(conversation) { this.#all.set(conversation.id, structuredClone(conversation)); }
  async remove(id) { this.#all.delete(id); }
}
