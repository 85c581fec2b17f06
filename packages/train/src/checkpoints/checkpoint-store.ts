import { checkArgument, checkOptions, type Module, option, optionsOf, SequiturError, shorten } from '@sequitur/core';
import {
  type FileSink,
  type FileSource,
  folderSink,
  folderSource,
  parseJson,
  type ReadableFile,
  readText,
  writeJson,
} from '@sequitur/pretrained';
import type { OptimizerState } from '../optimizers/state.js';
import { checkParameters, openCheckpointFile, restore, writeCheckpoint } from './checkpoint-file.js';
import type { RunState } from './run-state.js';

/** A place for checkpoints: readable and writable files. */
export interface CheckpointFiles {
  readonly source: FileSource;
  readonly sink: FileSink;
}

interface Index {
  /** The last checkpoints, oldest first. */
  readonly latest: readonly string[];
  /** The checkpoint with the lowest validation loss. */
  readonly best: string | null;
}

const INDEX = 'checkpoints.json';

export interface CheckpointStoreOptions {
  /** Number of last checkpoints that are kept; default 3. */
  readonly keep?: number | undefined;
  /** Called when a checkpoint cannot be read and an older one is used; default `console.warn`. */
  readonly warn?: ((message: string) => void) | undefined;
}

const storeOptions = optionsOf<CheckpointStoreOptions>({
  keep: option.optional(option.count),
  warn: option.optional(option.callback),
});

/** The option rule of a place: a folder's name, or files. */
export const checkpointPlace = option.kind('a folder, or files { source, sink }', (place) => {
  if (typeof place === 'string')
    return place.trim() !== '' && !place.includes('\0') && !/^[a-z][a-z\d+.-]+:/i.test(place);
  const { source, sink } = (place ?? {}) as Partial<CheckpointFiles>;
  return typeof source?.open === 'function' && typeof sink?.write === 'function';
});

/**
 * The checkpoints of a run: the last few, and the best one where there are evaluations. Each is one file that is
 * written completely; then the index refers to it; then replaced files are removed. After an interruption the index
 * refers only to complete files. Only one run may write at a time: a second one is refused, naming the first.
 */
export class CheckpointStore {
  readonly #files: CheckpointFiles;
  readonly #keep: number;
  readonly #warn: (message: string) => void;
  #index: Index = { latest: [], best: null };
  #unlock: (() => Promise<void>) | null = null;

  private constructor(files: CheckpointFiles, keep: number, warn: (message: string) => void) {
    this.#files = files;
    this.#keep = keep;
    this.#warn = warn;
  }

  /**
   * Opens the checkpoints of a run.
   *
   * @param place a folder on this machine (Node), or files
   */
  static async open(place: string | CheckpointFiles, options: CheckpointStoreOptions = {}): Promise<CheckpointStore> {
    checkArgument('CheckpointStore.open, place', checkpointPlace, place);
    const { keep = 3, warn = console.warn } = checkOptions('CheckpointStore.open', storeOptions, options);
    const files = typeof place === 'string' ? { source: folderSource(place), sink: folderSink(place) } : place;
    const store = new CheckpointStore(files, keep, warn);
    await store.#readIndex();
    return store;
  }

  /** The files of the checkpoints, oldest first. */
  get names(): readonly string[] {
    return this.#index.latest;
  }

  /** The checkpoint with the lowest validation loss, or null. */
  get best(): string | null {
    return this.#index.best;
  }

  /**
   * Locks the place for this run and writes the index, so that a locked or read-only place is reported before any
   * training. The store must be closed.
   */
  async prepare(): Promise<void> {
    this.#unlock ??= (await this.#files.sink.lock?.()) ?? null;
    await this.#readIndex();
    await writeJson(this.#files.sink, INDEX, this.#index);
  }

  /** Releases the lock. */
  async close(): Promise<void> {
    const unlock = this.#unlock;
    this.#unlock = null;
    await unlock?.();
  }

  async #readIndex(): Promise<void> {
    const index = await this.#files.source.open(INDEX);
    if (index) this.#index = await parseIndex(index);
  }

  /**
   * Saves the current state of a run.
   * @returns the file's name
   */
  async save(model: Module, optimizer: OptimizerState, state: RunState, isBest: boolean): Promise<string> {
    if (!this.#unlock) return this.#whileTaken(() => this.save(model, optimizer, state, isBest));
    const name = `step-${String(state.step).padStart(8, '0')}.safetensors`;
    await writeCheckpoint(this.#files.sink, name, model, optimizer, state);
    const before = this.#index;
    const latest = [...before.latest.filter((other) => other !== name), name];
    const index = { latest: latest.slice(-this.#keep), best: isBest ? name : before.best };
    await writeJson(this.#files.sink, INDEX, index);
    this.#index = index;
    const stay = new Set([...index.latest, index.best]);
    const gone = new Set([...latest, before.best].filter((other) => other !== null && !stay.has(other)));
    // A file that cannot be removed only takes space.
    for (const other of gone) await this.#files.sink.remove?.(other!).catch(() => {});
    return name;
  }

  /** Locks the place for one action, unless the run has locked it. */
  async #whileTaken<T>(action: () => Promise<T>): Promise<T> {
    this.#unlock = (await this.#files.sink.lock?.()) ?? (async () => {});
    try {
      await this.#readIndex();
      return await action();
    } finally {
      await this.close();
    }
  }

  /**
   * Restores model and optimizer from a checkpoint: a file name, the best one, or the last readable one; `warn` is
   * called for newer ones that cannot be read.
   *
   * @param accept called with the state before anything changes; it throws where the run must not continue
   * @returns the state of the run, or null where there is no checkpoint
   */
  async load(
    model: Module,
    optimizer: OptimizerState | null = null,
    which = 'last',
    accept: (state: RunState) => void = () => {},
  ): Promise<RunState | null> {
    const candidates = which === 'last' ? [...this.names].reverse() : [which === 'best' ? this.best : which];
    const faults: string[] = [];
    for (const name of candidates) {
      if (name === null) continue;
      const found = await this.#read(name, model, optimizer, accept);
      if (typeof found === 'string') {
        faults.push(found);
        continue;
      }
      for (const fault of faults) this.#warn(`${fault} Training continues from ${name}.`);
      return found;
    }
    if (faults.length === 0) return null;
    throw new SequiturError({
      where: this.#files.source.name,
      expected: 'a checkpoint that can be read',
      got: faults.map((fault) => shorten(fault, 400)).join('; '),
      fix: 'Restore the checkpoints from a copy, or start in another folder',
    });
  }

  /**
   * Reads the state of one checkpoint.
   *
   * @returns the state, or the error as a sentence
   */
  async #read(
    name: string,
    model: Module,
    optimizer: OptimizerState | null,
    accept: (state: RunState) => void,
  ): Promise<RunState | string> {
    const file = await this.#files.source.open(name);
    if (!file) return `${name} does not exist.`;
    try {
      const opened = await damageOf(openCheckpointFile(file));
      if (typeof opened === 'string') return opened;
      // A refused state, or a model of another shape, would not be solved by an older file.
      accept(opened.state);
      checkParameters(opened.tensors, model);
      const damage = await damageOf(restore(opened.tensors, model, optimizer));
      return damage ?? opened.state;
    } finally {
      await file.close?.();
    }
  }
}

/** The error as a sentence; else the result. */
async function damageOf<T>(reading: Promise<T>): Promise<T | string> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof SequiturError) return error.message;
    throw error;
  }
}

const checkpointName = option.kind(
  'the name of a checkpoint',
  (name) => typeof name === 'string' && /^step-\d+\.safetensors$/.test(name),
);

const indexRule = optionsOf<Index>({
  latest: option.listOf(checkpointName),
  best: option.either('the name of a checkpoint or null', checkpointName, option.oneOf(null)),
});

async function parseIndex(file: ReadableFile): Promise<Index> {
  try {
    return checkOptions(file.name, indexRule, parseJson(await readText(file), file.name) as Index);
  } finally {
    await file.close?.();
  }
}
