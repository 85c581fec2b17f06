import { openDB } from 'idb';
import { refusedWrite } from './room.js';
import { memoryStore, type Store } from './store.js';

const NAME = 'sequitur-playground';
const VALUES = 'values';

/**
 * The browser's database: a value is there whole or not at all, however the page ends. Where the browser refuses one, memory
 * takes its place.
 */
export async function openStore(): Promise<Store> {
  try {
    return await databaseStore();
  } catch {
    return memoryStore();
  }
}

export async function databaseStore(name = NAME): Promise<Store> {
  const database = await openDB(name, 1, { upgrade: (fresh) => void fresh.createObjectStore(VALUES) });
  const range = (path: string) => IDBKeyRange.bound(`${path}/`, `${path}0`, false, true); // '0' follows '/'
  return {
    isLasting: true,
    get: (path) => database.get(VALUES, path),
    put: async (path, value) => {
      try {
        await database.put(VALUES, value, path);
      } catch (error) {
        throw await refusedWrite(error, path);
      }
    },
    remove: async (path) => {
      const { store, done } = database.transaction(VALUES, 'readwrite');
      await Promise.all([store.delete(path), store.delete(range(path)), done]);
    },
    list: async (path) => (await database.getAllKeys(VALUES, range(path))) as string[],
  };
}
