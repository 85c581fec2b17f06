import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const here = fileURLToPath(new URL('../', import.meta.url));

/** All packages that are published. */
export const PUBLISHED = [
  ...['core', 'pretrained', 'generation', 'attention', 'ssm', 'transformer', 'text', 'train'],
  ...['gpt', 'bert', 'mamba', 'recurrent', 'page'],
];

/**
 * Packs packages and those that they use as for npm.
 *
 * @returns the tarballs by package
 */
export async function pack(folder: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  await mkdir(folder, { recursive: true });
  await alone(async () => {
    const filters = names.map((name) => `--filter=@sequitur/${name}`);
    await run('pnpm', ['exec', 'turbo', 'run', 'build', ...filters], { cwd: root, maxBuffer: 2 ** 26 });
    for (const name of names) {
      await run('pnpm', ['pack', '--pack-destination', folder], { cwd: join(root, 'packages', name) });
    }
  });
  const files = await readdir(folder);
  return new Map(files.map((file) => [`@sequitur/${/^sequitur-([a-z]+)-/.exec(file)![1]}`, join(folder, file)]));
}

/** Maximum time of one process, in milliseconds. */
const LONGEST = 600_000;

/** Builds write over one another: one process at a time. */
async function alone(action: () => Promise<void>): Promise<void> {
  const lock = join(here, 'node_modules', '.packing');
  for (;;) {
    const isFree = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (isFree) break;
    const since = await stat(lock).then(({ mtimeMs }) => mtimeMs, Date.now);
    if (Date.now() - since > LONGEST) await rm(lock, { recursive: true, force: true }); // of a process that was killed
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  try {
    await action();
  } finally {
    await rm(lock, { recursive: true });
  }
}

export interface Project {
  readonly tarballs: ReadonlyMap<string, string>;
  /** Other packages, by name. */
  readonly others?: Readonly<Record<string, string>>;
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/** An empty project that has installed the tarballs with npm, and a copy of `small/`. */
export async function newProject(folder: string, { tarballs, others = {}, manifest = {} }: Project): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(join(here, 'small'), folder, { recursive: true });
  const packed = Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`]));
  const dependencies = { ...packed, '@tensorflow/tfjs-core': await tfjsVersion(), ...others };
  const written = { private: true, type: 'module', ...manifest, dependencies };
  await writeFile(join(folder, 'package.json'), JSON.stringify(written));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder, maxBuffer: 2 ** 26 });
}

/** The version of tfjs that the packages are tested with. */
async function tfjsVersion(): Promise<string> {
  const { default: core } = await import('@tensorflow/tfjs-core/package.json', { with: { type: 'json' } });
  return core.version;
}
