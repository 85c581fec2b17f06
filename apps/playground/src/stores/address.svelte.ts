import { entriesOf, queryOf } from './query.js';

/**
 * The address after `#`: `/train?data=copy&steps=200`. It has the whole state of a room, so that a link restores it.
 * Rooms read `query` and write it by `replace`; only a change of room makes an entry in the browser's history.
 */
class Address {
  room = $state('');
  query = $state('');
  /** Number of followed links: the state is then read again. */
  visits = $state(0);
  /** What the drawer over the room shows; empty where it is closed. */
  inside = $state('');

  constructor() {
    this.#read();
    addEventListener('hashchange', () => this.#read());
  }

  /** Writes the state of a room without a new entry in the history. */
  replace(room: string, query: string): void {
    if (this.room !== room || this.query === query) return;
    this.query = query;
    this.#write();
  }

  /** Opens the drawer, or changes what it shows; empty closes it. */
  lookInside(inside: string): void {
    if (this.inside === inside) return;
    this.inside = inside;
    this.#write();
  }

  #write(): void {
    const inside = queryOf([['inside', this.inside || undefined]]);
    history.replaceState(null, '', hrefOf(this.room, [this.query, inside].filter(Boolean).join('&')));
  }

  #read(): void {
    this.visits++;
    const [path = '', query = ''] = location.hash.slice(1).split('?', 2);
    this.room = path.replace(/^\//, '');
    this.inside = entriesOf(query).get('inside')?.[0] ?? '';
    this.query = query.replace(/(^|&)inside=[^&]*/, '').replace(/^&/, '');
  }
}

export function hrefOf(room: string, query = ''): string {
  return `#/${room}${query ? `?${query}` : ''}`;
}

export const address = new Address();
