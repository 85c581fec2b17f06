import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import webpack from 'webpack';

/**
 * A bundler: builds `page.js` of a project into `output`, without settings.
 *
 * @returns its warnings
 */
export type Bundler = (project: string, output: string) => Promise<readonly string[]>;

export const bundlers: Readonly<Record<string, Bundler>> = {
  esbuild: async (project, output) => {
    const { warnings } = await esbuild({
      entryPoints: [join(project, 'page.js')],
      outdir: output,
      bundle: true,
      splitting: true,
      format: 'esm',
      logLevel: 'silent',
    });
    await withHtml(project, output);
    return warnings.map(({ text }) => text);
  },

  rollup: async (project, output) => {
    const warnings: string[] = [];
    const bundle = await rollup({
      input: join(project, 'page.js'),
      plugins: [nodeResolve({ browser: true }), commonjs()],
      onwarn: ({ message }) => warnings.push(message),
    });
    await bundle.write({ dir: output, format: 'es' });
    await bundle.close();
    await withHtml(project, output);
    return warnings;
  },

  vite: async (project, output) => {
    const warnings: string[] = [];
    await vite({
      configFile: false,
      root: project,
      logLevel: 'error',
      build: { outDir: output, minify: false, rollupOptions: { onwarn: ({ message }) => warnings.push(message) } },
    });
    return warnings;
  },

  webpack: async (project, output) => {
    const entry = { page: join(project, 'page.js'), 'worker-page': join(project, 'worker-page.js') };
    const compiler = webpack({
      mode: 'production',
      context: project,
      entry,
      output: { path: output },
      optimization: { minimize: false },
      performance: false,
    });
    const stats = await new Promise<webpack.Stats>((resolve, reject) =>
      compiler.run((error, stats) => (error ? reject(error) : resolve(stats!))),
    );
    await new Promise((resolve) => compiler.close(resolve));
    await withHtml(project, output);
    await cp(join(project, 'worker.html'), join(output, 'worker.html'));
    const { errors = [], warnings = [] } = stats.toJson({ all: false, errors: true, warnings: true });
    return [...errors, ...warnings].map(({ message }) => message);
  },
};

function withHtml(project: string, output: string): Promise<void> {
  return cp(join(project, 'index.html'), join(output, 'index.html'));
}
