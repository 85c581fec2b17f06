import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SequiturError } from '@sequitur/core';
import type { Plan } from './plan.js';

/** The decisions of a run before its first step, which a later process follows. */
export interface ResolvedRun extends Plan {
  readonly finished: boolean;
}

/** The file with the decisions of a run. */
export class RunFile {
  readonly #folder: string;

  /** @param folder of checkpoints; it holds nothing else */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The run to resume, or null where a new one starts; files of a finished run are then removed.
   *
   * @param steps that the caller asks for, if any
   * @throws SequiturError where there is an unfinished run that was not to be resumed, or one with another number of
   *   steps
   */
  async open({ resume, steps }: { resume: boolean; steps: number | undefined }): Promise<ResolvedRun | null> {
    const found = await this.#read();
    if (found && !found.finished) {
      if (!resume) throw this.#unfinished(found);
      if (steps !== undefined && steps !== found.steps) throw this.#otherSteps(found, steps);
      return found;
    }
    if (found) await rm(this.#folder, { recursive: true });
    return null;
  }

  async write(run: ResolvedRun): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeFile(this.#path, `${JSON.stringify(run)}\n`);
  }

  get #path(): string {
    return join(this.#folder, 'run.json');
  }

  async #read(): Promise<ResolvedRun | null> {
    const text = await readFile(this.#path, 'utf8').catch(() => null);
    if (text === null) return null;
    const run = parsed(text);
    const counts = [run?.steps, run?.evaluateEvery];
    if (counts.every(Number.isInteger) && typeof run?.finished === 'boolean') return run;
    throw new SequiturError({
      where: this.#path,
      expected: '{"steps": a number, "evaluateEvery": a number, "finished": true or false}',
      got: JSON.stringify(text.slice(0, 60)),
      fix: 'Remove the folder, or choose another with --folder',
    });
  }

  #unfinished({ steps }: ResolvedRun): SequiturError {
    return new SequiturError({
      where: this.#folder,
      expected: 'no unfinished run',
      got: `one of ${steps} steps`,
      fix: 'Add --resume to resume it; remove the folder or choose another with --folder to start again',
    });
  }

  #otherSteps(found: ResolvedRun, steps: number): SequiturError {
    return new SequiturError({
      where: this.#folder,
      expected: `${found.steps} steps, as the run there was begun with`,
      got: `${steps}`,
      fix: 'Leave --steps out, or begin anew in another folder',
    });
  }
}

function parsed(text: string): ResolvedRun | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
