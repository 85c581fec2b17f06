import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { newProject, pack } from './packed.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The packages that the page imports, with their dependencies. */
const PACKAGES = ['core', 'pretrained', 'generation', 'attention', 'ssm', 'transformer', 'text', 'train', 'gpt'];

/**
 * Builds the page in `folder` as a user would: packed as for npm, installed by npm, bundled by Vite.
 *
 * @returns the folder with the built page, and Vite's warnings
 */
export async function buildPage(folder: string): Promise<{ output: string; warnings: readonly string[] }> {
  await newProject(folder, { tarballs: await pack(join(folder, 'tarballs'), PACKAGES) });
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
