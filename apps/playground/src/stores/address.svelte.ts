/**
 * The address after `#`: `/train?data=copy&steps=200`. It has the whole state of a room, so that a link restores it.
 * Rooms read `query` and write it by `replace`; only a change of room makes an entry in the browser's history.
 */
class Address {
  room = $state('');
  query = $state('');

  constructor() {
    this.#read();
    addEventListener('hashchange', () => this.#read());
  }

  /** Writes the state of a room without a new entry in the history. */
  replace(room: string, query: string): void {
    if (this.room !== room || this.query === query) return;
    this.query = query;
    history.replaceState(null, '', hrefOf(room, query));
  }

  #read(): void {
    const [path = '', query = ''] = location.hash.slice(1).split('?', 2);
    this.room = path.replace(/^\//, '');
    this.query = query;
  }
}

export function hrefOf(room: string, query = ''): string {
  return `#/${room}${query ? `?${query}` : ''}`;
}

export const address = new Address();
