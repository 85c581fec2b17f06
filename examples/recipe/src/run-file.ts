import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SequiturError } from '@sequitur/core';
import type { Plan } from './plan.js';

/** The plan of a run, which a resuming process follows. */
export interface ResolvedRun extends Plan {
  readonly finished: boolean;
}

/** The file with the plan of a run. */
export class RunFile {
  readonly #folder: string;

  /** @param folder folder of the checkpoints, which has no other files */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The run to resume, or null to start a new one; files of a finished run are then removed.
   *
   * @param steps requested number of steps, if any
   * @throws SequiturError if there is an unfinished run and `resume` is false, or one with another number of steps
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
    if (counts.every((count) => Number.isSafeInteger(count) && Number(count) > 0) && typeof run?.finished === 'boolean')
      return run;
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
      expected: `${found.steps} steps, as at the start of the run`,
      got: `${steps}`,
      fix: 'Omit --steps, or start again in another folder',
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
