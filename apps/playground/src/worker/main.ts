import type { Port } from '../protocol/messages.js';
import { answer } from './handlers.js';
import { urlSource } from './packages.js';
import { openStore } from './storage/database.js';

/** The worker: everything that computes. */
const scope = globalThis as unknown as Port;

/** Commands that come before the store is open wait in this list. */
const early: { readonly data: unknown }[] = [];
let receive = (event: { readonly data: unknown }): void => void early.push(event);
scope.addEventListener('message', (event) => receive(event));

const store = await openStore();
const port: Port = {
  postMessage: (message, transfer) => scope.postMessage(message, transfer),
  addEventListener: (_type, listener) => {
    receive = listener;
    for (const event of early.splice(0)) listener(event);
  },
};
const openSite = (name: string) => urlSource(new URL(`models/${name}/`, siteAddress()));
answer(port, { store, readText, openSite });

/** A text that comes with the site. */
async function readText(name: string): Promise<string> {
  const response = await fetch(new URL(`texts/${name}.txt`, siteAddress()));
  if (!response.ok) throw new Error(`The text ${name} could not be read: status ${response.status}`);
  return response.text();
}

/** The worker is in `assets/` of the site; in development, the site is the whole origin. */
function siteAddress(): URL {
  return import.meta.env.DEV ? new URL('/', location.href) : new URL('..', location.href);
}
