import type { Commands, Events } from '../protocol/index.js';
import type { Port } from '../protocol/messages.js';
import { type Emit, type Handlers, serve } from '../protocol/server.js';
import { backendCommands, Engine } from './backend.js';
import { compareCommands } from './compare/commands.js';
import { insideCommands } from './inside/commands.js';
import { modelCommands } from './models/commands.js';
import { Shelf } from './models/shelf.js';
import type { OpenSite } from './models/site.js';
import type { BackendName } from './packages.js';
import { readCommands } from './read/commands.js';
import { Readers } from './read/readers.js';
import { seeCommands } from './see/commands.js';
import { usage } from './storage/room.js';
import type { Store } from './storage/store.js';
import { trainCommands } from './train/commands.js';
import { Lab } from './train/lab.js';
import { type ReadText, Texts } from './train/texts.js';
import { writeCommands } from './write/commands.js';

export interface Surroundings {
  readonly store: Store;
  readonly readText: ReadText;
  readonly openSite: OpenSite;
  /** Which backends to try; default the best there is. */
  readonly backends?: readonly BackendName[];
}

/** Puts all rooms' commands together and answers the page: the same in a worker and in a test. */
export function answer(port: Port, { store, readText, openSite, backends }: Surroundings): void {
  // Handlers tell of events only when they are called, which is after `serve` returned.
  let emit: Emit<Events> = () => {};
  const tell: Emit<Events> = (...event) => emit(...event);
  const engine = new Engine(tell, backends);
  const texts = new Texts(readText, store);
  const lab = new Lab({ store, engine, texts, emit: tell });
  const shelf = new Shelf({ store, engine, texts, lab, openSite });
  const readers = new Readers(store, openSite);
  const handlers: Handlers<Commands> = {
    ...backendCommands(engine, lab),
    ...compareCommands({ engine, store, lab, readText }),
    ...insideCommands({ shelf, engine, readers }),
    ...modelCommands(shelf),
    ...readCommands(engine, readers),
    ...seeCommands(shelf),
    'storage.report': async () => ({ isLasting: store.isLasting, ...(await usage()) }),
    ...writeCommands(shelf),
    ...trainCommands(lab, { store, engine, texts }),
  };
  emit = serve<Commands, Events>(port, noticingLoss(handlers, engine));
}

/** The same handlers; after a fault of any it is noticed where the reason is that what computes is gone. */
function noticingLoss(handlers: Handlers<Commands>, engine: Engine): Handlers<Commands> {
  type AnyHandler = (input: unknown, context: unknown) => unknown;
  const watched = (handler: AnyHandler): AnyHandler => {
    return async (input, context) => {
      try {
        return await handler(input, context);
      } catch (error) {
        await engine.isLost();
        throw error;
      }
    };
  };
  const entries = Object.entries(handlers).map(([name, handler]) => [name, watched(handler as AnyHandler)]);
  return Object.fromEntries(entries) as Handlers<Commands>;
}
