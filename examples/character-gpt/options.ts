import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BackendName, SequiturError } from '@sequitur/core';
import { type ArchitectureName, architectures } from './architectures.js';

export const HELP = `Trains a small character GPT on a book, writes with it, saves it and loads it back.

  npm run character-gpt -- [options]

  --architecture <a>  gpt, or mamba with as many parameters (default gpt)
  --text <file>       the book, a text file (default Moby-Dick)
  --seconds <n>       how long to train (default 60)
  --steps <n>         train so many steps instead, and draw the learning curve
  --backend <name>    webgpu, wasm or cpu (default the best one found)
  --folder <path>     where to save the model (default runs/character-gpt)
  --seed <text>       of the weights, the data and what is written (default 1)
  --help              this text
`;

export interface Options {
  readonly architecture: ArchitectureName;
  readonly text: string | undefined;
  readonly steps: number | undefined;
  readonly seconds: number;
  readonly backend: BackendName | undefined;
  readonly folder: string;
  readonly seed: string;
  readonly help: boolean;
}

/** @throws SequiturError where the command line says what is not in the help */
export function readOptions(args: readonly string[], startedIn: string): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        architecture: { type: 'string', default: 'gpt' },
        text: { type: 'string' },
        seconds: { type: 'string', default: '60' },
        steps: { type: 'string' },
        backend: { type: 'string' },
        folder: { type: 'string', default: `${startedIn}/runs/character-gpt` },
        seed: { type: 'string', default: '1' },
        help: { type: 'boolean', default: false },
      },
    });
    const architecture = values.architecture as ArchitectureName;
    if (!Object.hasOwn(architectures, architecture)) {
      throw new Error(`--architecture ${architecture} is none of ${Object.keys(architectures).join(', ')}`);
    }
    const seconds = Number(values.seconds);
    if (!(seconds > 0)) throw new Error(`--seconds ${values.seconds} is no number above 0`);
    const steps = values.steps === undefined ? undefined : Number(values.steps);
    if (steps !== undefined && !(Number.isInteger(steps) && steps > 0)) {
      throw new Error(`--steps ${values.steps} is no integer above 0`);
    }
    const text = values.text === undefined ? undefined : resolve(startedIn, values.text);
    return { ...values, architecture, text, seconds, steps, backend: values.backend as BackendName | undefined };
  } catch (error) {
    throw new SequiturError({
      where: 'npm run character-gpt',
      expected: 'options of --help',
      got: (error as Error).message,
      fix: 'See npm run character-gpt -- --help',
    });
  }
}
