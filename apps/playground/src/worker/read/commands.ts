import type { ReadCommands } from '../../protocol/read.js';
import type { Handlers } from '../../protocol/server.js';
import type { Engine } from '../backend.js';
import type { OpenSite } from '../models/site.js';
import { siteModels } from '../models/site.js';
import { type Reader, readers } from './answers.js';
import { cardOf } from './card.js';

interface ReadParts {
  readonly engine: Engine;
  readonly openSite: OpenSite;
}

/** What the room Read can ask. One model is open at a time: the next one takes its place. */
export function readCommands({ engine, openSite }: ReadParts): Handlers<ReadCommands> {
  let open: { readonly name: string; readonly generation: number; readonly reader: Promise<Reader> } | null = null;

  async function readerOf(name: string): Promise<Reader> {
    await engine.open();
    const { generation } = engine;
    if (open?.name === name && open.generation === generation) return open.reader;
    const before = open;
    const found = (await siteModels()).find((model) => model.name === name);
    if (!found || found.task === 'write') throw new Error(`There is no model '${name}' that reads`);
    const current = { name, generation, reader: readers[found.task](openSite(name)) };
    open = current;
    current.reader.catch(() => {
      if (open === current) open = null;
    });
    await before?.reader.then((reader) => reader.dispose()).catch(() => {});
    return current.reader;
  }

  return {
    'read.models': async () => {
      const models = await siteModels();
      return Promise.all(
        models.map(async ({ name, task, does, tries, headline }) => {
          return { name, task, does, tries, ...(await cardOf(openSite(name), headline)) };
        }),
      );
    },
    'read.answer': async ({ name, text }) => (await readerOf(name)).answer(text),
  };
}
