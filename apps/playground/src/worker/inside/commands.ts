import type { InsideCommands } from '../../protocol/inside.js';
import { type Handlers, handingOver } from '../../protocol/server.js';
import type { Engine } from '../backend.js';
import type { Shelf } from '../models/shelf.js';
import type { Readers } from '../read/readers.js';
import { lookIntoCausal } from './causal.js';
import { pictureOf } from './pattern-picture.js';
import { lookIntoReader } from './readers.js';

export interface InsideParts {
  readonly shelf: Shelf;
  readonly engine: Engine;
  readonly readers: Readers;
}

/** What the drawer can ask. */
export function insideCommands({ shelf, engine, readers }: InsideParts): Handlers<InsideCommands> {
  return {
    'inside.read': async ({ ref, text }) => {
      await engine.open();
      const inside = ref.startsWith('read:')
        ? await lookIntoReader(await readers.sourceOf(ref.slice('read:'.length)), text)
        : await lookIntoCausal(await shelf.open(ref), text);
      return handingOver(inside, buffersIn(inside));
    },
    'inside.pattern': (request) => {
      const picture = pictureOf(request);
      return handingOver(picture, buffersIn(picture));
    },
  };
}

/** The buffers of all arrays in a result, each once. */
function buffersIn(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (item: unknown): void => {
    if (ArrayBuffer.isView(item)) found.add(item.buffer as ArrayBuffer);
    else if (typeof item === 'object' && item !== null) for (const part of Object.values(item)) visit(part);
  };
  visit(value);
  return [...found];
}
