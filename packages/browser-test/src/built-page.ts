import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The packages that the page imports, with their dependencies. */
const PACKAGES = ['core', 'pretrained', 'generation', 'attention', 'transformer', 'text', 'train', 'gpt'];

/**
 * Builds the page in `folder` as a user would: packed as for npm, installed by npm, bundled by Vite.
 *
 * @returns the folder with the built page, and Vite's warnings
 */
export async function buildPage(folder: string): Promise<{ output: string; warnings: readonly string[] }> {
  await installPackages(folder);
  await cp(join(root, 'packages/browser-test/page'), join(folder, 'page'), { recursive: true });
  await cp(join(root, 'packages/browser-test/src'), join(folder, 'src'), { recursive: true });
  const warnings: string[] = [];
  const output = join(folder, 'dist');
  await build({
    configFile: false,
    root: join(folder, 'page'),
    logLevel: 'error',
    build: {
      outDir: output,
      target: 'es2022',
      minify: false,
      rollupOptions: { onwarn: (warning) => warnings.push(warning.message) },
    },
  });
  return { output, warnings };
}

async function installPackages(folder: string): Promise<void> {
  const filters = PACKAGES.map((name) => `--filter=@sequitur/${name}`);
  await run('pnpm', ['exec', 'turbo', 'run', 'build', ...filters], { cwd: root, maxBuffer: 2 ** 26 });
  const tarballs = join(folder, 'tarballs');
  await mkdir(tarballs);
  for (const name of PACKAGES) {
    await run('pnpm', ['pack', '--pack-destination', tarballs], { cwd: join(root, 'packages', name) });
  }
  const dependencies = Object.fromEntries(
    (await readdir(tarballs)).map((file) => [nameOf(file), `file:tarballs/${file}`]),
  );
  const manifest = { private: true, type: 'module', dependencies: { ...dependencies, ...(await peers()) } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'], { cwd: folder });
}

/** `sequitur-core-0.0.0.tgz` -> `@sequitur/core` */
function nameOf(tarball: string): string {
  return `@sequitur/${/^sequitur-([a-z]+)-/.exec(tarball)![1]}`;
}

/** The version of tfjs that the packages are tested with. */
async function peers(): Promise<Record<string, string>> {
  const { default: core } = await import('@tensorflow/tfjs-core/package.json', { with: { type: 'json' } });
  return { '@tensorflow/tfjs-core': core.version };
}
