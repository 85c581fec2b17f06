import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';

/** The budget of a page, minified. */
export interface Budget {
  /** The module that the page consists of. */
  readonly code: string;
  /** Maximum size of the code of Sequitur's packages, in bytes. */
  readonly most: number;
  /** Packages none of whose modules may be in it. */
  readonly without: readonly string[];
  /** Modules that are loaded lazily, in addition to the entry. */
  readonly loads?: readonly RegExp[];
  /** Why the budget is not met yet. */
  readonly over?: string;
}

const ON_WASM = [
  /backends\/wasm\/open/,
  /tfjs-backend-wasm\/dist\/index/,
  /gradients\.generated/,
  /kernels-relaxed\.generated/,
];

export const BUDGETS: Readonly<Record<string, Budget>> = {
  'a pattern': {
    code: "import { causal } from '@sequitur/attention'; console.log(causal());",
    most: 10_000,
    without: ['core', 'ssm', 'gpt', 'text', 'transformer', 'recurrent', 'mamba', 'bert'],
  },
  'an LSTM': {
    code: "import { lstm } from '@sequitur/recurrent'; console.log(lstm);",
    most: 100_000,
    without: ['attention', 'ssm', 'gpt', 'text', 'mamba', 'bert', 'generation'],
  },
  'Gpt on wasm': {
    code: "import { openBackend } from '@sequitur/core'; import { Gpt } from '@sequitur/gpt'; openBackend('wasm').then(() => console.log(Gpt));",
    most: 450_000,
    without: ['recurrent', 'mamba', 'bert', 'train'],
    loads: ON_WASM,
    over: 'the families of hybrids and their mixers are read with all others: 493 kB',
  },
};

/** The violations of a page's budget. tfjs is not counted. */
export async function overBudget(project: string, { code, most, without, loads = [] }: Budget): Promise<string[]> {
  const { bytes, packages } = await sizeOf(project, code, loads);
  const strangers = without.filter((name) => packages.has(name));
  return [...(bytes > most ? [`${bytes} bytes`] : []), ...strangers.map((name) => `a part of ${name}`)];
}

/** Bytes of our packages that a page loads at once, and with the modules `loads`; and which packages these are. */
export async function sizeOf(project: string, code: string, loads: readonly RegExp[]) {
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: project },
    outdir: join(project, 'sizes'),
    bundle: true,
    splitting: loads.length > 0,
    minify: true,
    format: 'esm',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const counted = [...loadedFiles(metafile, loads)].flatMap((file) => Object.entries(metafile.outputs[file]!.inputs));
  const ours = counted.filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && !IGNORED.test(path));
  const packages = ours.map(([path]) => /@sequitur\/([a-z]+)\//.exec(path)?.[1]).filter((name) => name !== undefined);
  return { bytes: ours.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0), packages: new Set(packages) };
}

/** tfjs with what it depends on, and its binaries and gradients, which core passes on. */
const IGNORED = /node_modules\/(@tensorflow|long|seedrandom)\/|tfjs-binary|gradients\.generated/;

/** The first file and what it imports, with the files of `loads` and what those import. */
function loadedFiles({ outputs }: Metafile, loads: readonly RegExp[]): ReadonlySet<string> {
  const loaded = new Set<string>();
  const add = (file: string) => {
    if (loaded.has(file) || !outputs[file]) return;
    loaded.add(file);
    for (const { path, kind } of outputs[file]!.imports) if (kind === 'import-statement') add(path);
  };
  for (const [file, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint === '<stdin>' || loads.some((pattern) => pattern.test(entryPoint ?? ''))) add(file);
  }
  return loaded;
}
