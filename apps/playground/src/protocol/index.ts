import type { BackendCommands, BackendEvents } from './backend.js';
import type { Client } from './client.js';
import type { CompareCommands } from './compare.js';
import type { InsideCommands } from './inside.js';
import type { ModelCommands } from './models.js';
import type { ReadCommands } from './read.js';
import type { SeeCommands } from './see.js';
import type { StorageCommands } from './storage.js';
import type { TrainCommands, TrainEvents } from './train.js';
import type { WriteCommands } from './write.js';

/** All commands of the worker, by room. */
export interface Commands
  extends BackendCommands,
    CompareCommands,
    InsideCommands,
    ModelCommands,
    ReadCommands,
    SeeCommands,
    StorageCommands,
    TrainCommands,
    WriteCommands {}

/** All events of the worker. */
export interface Events extends BackendEvents, TrainEvents {}

export type Engine = Client<Commands, Events>;
