import type { ReadCommands } from '../../protocol/read.js';
import { type Handlers, handingOver } from '../../protocol/server.js';
import type { Engine } from '../backend.js';
import { nameOf, unpacked } from '../models/given-files.js';
import type { Reader } from './answers.js';
import type { Readers } from './readers.js';

interface Open {
  readonly name: string;
  readonly generation: number;
  readonly reader: Promise<Reader>;
}

/** What the room Read can ask. One model is open at a time: the next one takes its place. */
export function readCommands(engine: Engine, readers: Readers): Handlers<ReadCommands> {
  let open: Open | null = null;

  async function readerOf(name: string): Promise<Reader> {
    await engine.open();
    const { generation } = engine;
    if (open?.name === name && open.generation === generation) return open.reader;
    const before = open;
    const current: Open = { name, generation, reader: readers.open(name) };
    open = current;
    current.reader.catch(() => {
      if (open === current) open = null;
    });
    await close(before);
    return current.reader;
  }

  return {
    'read.models': () => readers.list(),
    'read.answer': async ({ name, text, context = '' }) => {
      const answer = await (await readerOf(name)).answer(text, context);
      return answer.task === 'translate' ? handingOver(answer, [answer.weights.buffer as ArrayBuffer]) : answer;
    },
    'read.add': async ({ files }) => {
      await engine.open();
      return { name: await readers.add(await unpacked(files), nameOf(files)) };
    },
    'read.remove': async ({ name }) => {
      if (open?.name === name) {
        await close(open);
        open = null;
      }
      await readers.remove(name);
    },
  };
}

async function close(open: Open | null): Promise<void> {
  const reader = await open?.reader.catch(() => null);
  reader?.dispose();
}
