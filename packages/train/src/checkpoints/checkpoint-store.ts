import { type Module, SequiturError } from '@sequitur/core';
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
import { openCheckpointFile, restore, writeCheckpoint } from './checkpoint-file.js';
import type { RunState } from './run-state.js';

/** Where checkpoints lie: files that can be written and read again. */
export interface CheckpointFiles {
  readonly source: FileSource;
  readonly sink: FileSink;
}

interface Index {
  /** The last checkpoints, the oldest first. */
  readonly latest: readonly string[];
  /** The one with the lowest validation loss. */
  readonly best: string | null;
}

const INDEX = 'checkpoints.json';

/**
 * The checkpoints of a run: the last few, and the best one where there are evaluations. Each is one file, which appears
 * whole; then the index names it; then those it replaces are removed. Whenever that is broken off, the index names only
 * whole files.
 */
export class CheckpointStore {
  readonly #files: CheckpointFiles;
  readonly #keep: number;
  #index: Index = { latest: [], best: null };

  private constructor(files: CheckpointFiles, keep: number) {
    this.#files = files;
    this.#keep = keep;
  }

  /** @param place a folder of this machine (Node), or files of any kind */
  static async open(place: string | CheckpointFiles, { keep = 3 }: { keep?: number } = {}): Promise<CheckpointStore> {
    if (!Number.isInteger(keep) || keep < 1) {
      throw new SequiturError({
        where: 'checkpoints, keep',
        expected: 'an integer of at least 1',
        got: String(keep),
      });
    }
    const files = typeof place === 'string' ? { source: folderSource(place), sink: folderSink(place) } : place;
    const store = new CheckpointStore(files, keep);
    const index = await files.source.open(INDEX);
    if (index) store.#index = await parseIndex(index);
    return store;
  }

  /** The files of the checkpoints, the oldest first. */
  get names(): readonly string[] {
    return this.#index.latest;
  }

  /** The one of the lowest validation loss, or null. */
  get best(): string | null {
    return this.#index.best;
  }

  /** Writes the index as it is, so that a place that cannot be written to is noticed before there is anything to lose. */
  prepare(): Promise<void> {
    return writeJson(this.#files.sink, INDEX, this.#index);
  }

  /** Saves a run as it stands. @returns the file's name */
  async save(model: Module, memory: OptimizerState, state: RunState, isBest: boolean): Promise<string> {
    const name = `step-${String(state.step).padStart(8, '0')}.safetensors`;
    await writeCheckpoint(this.#files.sink, name, model, memory, state);
    const before = this.#index;
    const latest = [...before.latest.filter((other) => other !== name), name];
    const index = { latest: latest.slice(-this.#keep), best: isBest ? name : before.best };
    await writeJson(this.#files.sink, INDEX, index);
    this.#index = index;
    const stay = new Set([...index.latest, index.best]);
    const gone = new Set([...latest, before.best].filter((other) => other !== null && !stay.has(other)));
    // What cannot be removed takes room and does no harm.
    for (const other of gone) await this.#files.sink.remove?.(other!).catch(() => {});
    return name;
  }

  /**
   * Fills model and memory from a checkpoint: a file's name, the best one, or the last one that can be read.
   *
   * @returns the state of the run, or null where there is no checkpoint
   */
  async load(model: Module, memory: OptimizerState | null = null, which = 'last'): Promise<RunState | null> {
    const candidates = which === 'last' ? [...this.names].reverse() : [which === 'best' ? this.best : which];
    const faults: string[] = [];
    for (const name of candidates) {
      const file = name === null ? null : await this.#files.source.open(name);
      if (!file) {
        if (name !== null) faults.push(`${name} is not there`);
        continue;
      }
      try {
        const { tensors, state } = await openCheckpointFile(file);
        await restore(tensors, model, memory);
        return state;
      } catch (error) {
        // A model of another shape is the caller's fault, and an older checkpoint would not mend it.
        if (!(error instanceof SequiturError) || error.problem.expected.includes('this model')) throw error;
        faults.push(error.message);
      } finally {
        await file.close?.();
      }
    }
    if (faults.length === 0) return null;
    throw new SequiturError({
      where: this.#files.source.name,
      expected: 'a checkpoint that can be read',
      got: faults.join('; '),
      fix: 'Take the checkpoints from a copy, or begin anew in another folder',
    });
  }
}

async function parseIndex(file: ReadableFile): Promise<Index> {
  try {
    const index = parseJson(await readText(file), file.name) as Partial<Index> | null;
    const names = [...(index?.latest ?? [null]), ...(index?.best ? [index.best] : [])];
    if (names.every((name) => typeof name === 'string' && /^step-\d+\.safetensors$/.test(name))) {
      return { latest: index!.latest!, best: index!.best ?? null };
    }
    throw new SequiturError({
      where: file.name,
      expected: '{"latest": [names of checkpoints], "best": a name or null}',
      got: JSON.stringify(index)?.slice(0, 80) ?? 'nothing',
    });
  } finally {
    await file.close?.();
  }
}
