import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BackendName, SequiturError } from '@sequitur/core';
import type { SaveOptions, WeightDtype } from '@sequitur/pretrained';
import type { TrainProgress } from '@sequitur/train';

/** An additional option of one recipe. */
export interface ExtraOption {
  /** Placeholder of the value in the help: `<file>`; absent for a flag. */
  readonly value?: string;
  readonly help: string;
}

/** The command line of a recipe. */
export interface RecipeCommand<Extra extends string = never> {
  /** Name of the npm script. */
  readonly name: string;
  /** One sentence for the help. */
  readonly about: string;
  /** Training time in seconds by default. */
  readonly seconds: number;
  /** The help for `--data`, which may be repeated; absent for recipes without data. */
  readonly data?: ExtraOption;
  readonly extra?: Readonly<Record<Extra, ExtraOption>>;
}

/** Limit of a training run. */
export type Limit = { readonly seconds: number } | { readonly steps: number };

/** A fraction of a limit, 0 to 1. */
export function shareOf(limit: Limit, share: number): Limit {
  if ('seconds' in limit) return { seconds: limit.seconds * share };
  return { steps: Math.max(1, Math.round(limit.steps * share)) };
}

export interface RunOptions {
  readonly limit: Limit;
  /** Folder for checkpoints, learning curve, model and results. */
  readonly folder: string;
  readonly seed: string;
  /** Dtype of the saved weights; default F32. The recipe evaluates the saved model. */
  readonly dtype?: WeightDtype;
  /** Resume the interrupted run in the folder, or start one. */
  readonly resume: boolean;
  /** Ends the training early, like Ctrl+C; the progress is saved. */
  readonly signal?: AbortSignal;
  /** Called after every step. */
  readonly onStep?: (progress: TrainProgress) => void;
}

/** Options for `savePretrained`. */
export function savedAs({ dtype }: RunOptions): SaveOptions {
  return dtype === undefined ? {} : { dtype };
}

export interface RecipeOptions<Extra extends string = never> extends RunOptions {
  /** Absolute paths. */
  readonly data: readonly string[];
  readonly backend: BackendName | undefined;
  readonly extra: Readonly<Partial<Record<Extra, string>>>;
}

/** Parses a command line: the options, or the help text. */
export function readOptions<Extra extends string>(
  command: RecipeCommand<Extra>,
  args: readonly string[],
  startedIn: string,
): RecipeOptions<Extra> | { readonly help: string } {
  try {
    const { values } = parseArgs({ args: [...args], options: declared(command) });
    const said = values as Record<string, string | boolean | string[] | undefined>;
    const text = (name: string) => said[name] as string | undefined;
    if (said.help) return { help: helpOf(command) };
    const folder = resolve(startedIn, text('folder') ?? `runs/${command.name}`);
    const extra = Object.keys(command.extra ?? {}).filter((name) => said[name] !== undefined);
    return {
      data: ((said.data as string[] | undefined) ?? []).map((path) => resolve(startedIn, path)),
      limit: limitOf(text('seconds'), text('steps'), command.seconds),
      folder,
      seed: text('seed') ?? '1',
      backend: text('backend') as BackendName | undefined,
      ...(text('dtype') !== undefined && { dtype: dtypeOf(text('dtype')!) }),
      resume: said.resume === true,
      extra: Object.fromEntries(extra.map((name) => [name, String(said[name])])) as Partial<Record<Extra, string>>,
    };
  } catch (error) {
    throw new SequiturError({
      where: `npm run ${command.name}`,
      expected: 'options of --help',
      got: (error as Error).message,
      fix: `See npm run ${command.name} -- --help`,
    });
  }
}

function limitOf(seconds: string | undefined, steps: string | undefined, usual: number): Limit {
  if (seconds !== undefined && steps !== undefined) throw new Error('both --seconds and --steps');
  if (steps === undefined) {
    const limit = { seconds: Number(seconds ?? usual) };
    if (limit.seconds > 0) return limit;
    throw new Error(`--seconds ${seconds} is not a number above 0`);
  }
  const limit = { steps: Number(steps) };
  if (Number.isInteger(limit.steps) && limit.steps > 0) return limit;
  throw new Error(`--steps ${steps} is not an integer above 0`);
}

const DTYPES: readonly WeightDtype[] = ['F32', 'F16', 'BF16'];

function dtypeOf(name: string): WeightDtype {
  const found = DTYPES.find((dtype) => dtype === name);
  if (found) return found;
  throw new Error(`--dtype ${name} is not one of ${DTYPES.join(', ')}`);
}

function declared({ data, extra = {} as never }: RecipeCommand<string>) {
  const texts = ['seconds', 'steps', 'backend', 'folder', 'seed', 'dtype'].map((name) => [
    name,
    { type: 'string' as const },
  ]);
  const own = Object.entries<ExtraOption>(extra).map(([name, { value }]) => [
    name,
    { type: value ? ('string' as const) : ('boolean' as const) },
  ]);
  return {
    ...Object.fromEntries([...texts, ...own]),
    ...(data && { data: { type: 'string' as const, multiple: true } }),
    resume: { type: 'boolean' as const },
    help: { type: 'boolean' as const },
  };
}

function helpOf({ name, about, seconds, data, extra = {} as never }: RecipeCommand<string>): string {
  const lines: [option: string, help: string][] = [
    ...(data ? [[`--data ${data.value ?? '<path>'}`, data.help] as [string, string]] : []),
    ...Object.entries<ExtraOption>(extra).map(([option, { value, help }]): [string, string] => [
      `--${option}${value ? ` ${value}` : ''}`,
      help,
    ]),
    ['--seconds <n>', `training time in seconds (default ${seconds})`],
    ['--steps <n>', 'number of training steps instead'],
    ['--backend <name>', 'webgpu, wasm or cpu (default the best one found)'],
    ['--folder <path>', `folder of the run and the model (default runs/${name})`],
    ['--seed <text>', 'seed of the weights, the order of the data and dropout (default 1)'],
    ['--dtype <name>', 'dtype of the saved weights: F32, F16 or BF16 (default F32)'],
    ['--resume', 'resume the interrupted run in the folder'],
    ['--help', 'this text'],
  ];
  const width = Math.max(...lines.map(([option]) => option.length));
  const shown = lines.map(([option, help]) => `  ${option.padEnd(width)}  ${help}`);
  return [about, '', `  npm run ${name} -- [options]`, '', ...shown, ''].join('\n');
}
