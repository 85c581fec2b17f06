import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { folderSource } from '@sequitur/pretrained';
import { Client } from '../src/protocol/client.js';
import type { Commands, Engine, Events } from '../src/protocol/index.js';
import type { Port } from '../src/protocol/messages.js';
import { answer } from '../src/worker/handlers.js';
import type { Store } from '../src/worker/storage/store.js';
import type { ReadText } from '../src/worker/train/texts.js';

/** A text that a tiny model learns within a few steps. */
export const TEXT = 'Call me Ishmael. Some years ago I thought I would sail about a little. '.repeat(60);

const models = dirname(createRequire(import.meta.url).resolve('@sequitur/models'));
export const modelFolder = (name: string) => join(models, '../folders', name);
const openSite = (name: string) => folderSource(modelFolder(name));

/** The worker's code without a worker: commands go through a channel, as in a page. */
export function connect(
  store: Store,
  readText: ReadText = async () => TEXT,
): { readonly engine: Engine; readonly close: () => void } {
  const { port1, port2 } = new MessageChannel();
  answer(port1 as unknown as Port, { store, readText, openSite, backends: ['wasm', 'cpu'] });
  const engine: Engine = new Client<Commands, Events>(port2 as unknown as Port);
  return {
    engine,
    close: () => {
      port1.close();
      port2.close();
    },
  };
}
