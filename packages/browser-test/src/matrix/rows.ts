import { execFile, spawn } from 'node:child_process';
import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { bundlers } from '../bundlers.js';
import { openAddress, openPage } from '../open-page.js';

const execute = promisify(execFile);

/** A project with the packages installed, and what it must write. */
export interface Place {
  readonly project: string;
  readonly browser: Browser;
}

/** One way of using the packages. */
export interface Row {
  /** Other packages that it needs. */
  readonly others?: Readonly<Record<string, string>>;
  /**
   * Runs it.
   *
   * @returns the output of the model, or null where nothing is run; and a remark
   */
  readonly run: (place: Place) => Promise<{ readonly written: string | null; readonly remark?: string }>;
}

async function run(project: string, program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute(program, args, { cwd: project, maxBuffer: 2 ** 26, timeout: 600_000 });
  return stdout;
}

/** A program of the project. */
const local = (project: string, name: string) => join(project, 'node_modules', '.bin', name);

const script = (name: string, args: readonly string[]): Row['run'] => {
  return async ({ project }) => ({ written: (await run(project, local(project, name), args)).slice(0, -1) });
};

const node = (file: string): Row['run'] => {
  return async ({ project }) => ({ written: (await run(project, process.execPath, [file])).slice(0, -1) });
};

const bundled = (name: string, path = ''): Row['run'] => {
  return async ({ project, browser }) => {
    const output = join(project, 'out', name);
    const warnings = await bundlers[name]!(project, output);
    return { written: await openPage(browser, output, path), remark: `${warnings.length} warnings` };
  };
};

/** A page of the project itself, without a bundler. */
const plain = (path: string): Row['run'] => {
  return async ({ project, browser }) => ({ written: await openPage(browser, project, path) });
};

/** A project next to that one, with its packages, whose page is this one. */
const vite = (page: string, out: string): Row['run'] => {
  return async ({ project, browser }) => {
    const root = join(project, '..', out);
    await cp(project, root, {
      recursive: true,
      filter: (path) => !/\/(node_modules|out|next)($|\/)/.test(path.slice(project.length)),
    });
    await symlink(join(project, 'node_modules'), join(root, 'node_modules'));
    await cp(join(project, page), join(root, 'index.html'));
    await run(root, local(project, 'vite'), ['build']);
    return { written: await openPage(browser, join(root, 'dist')) };
  };
};

const typescript = (version: string): Row => ({
  others: { [`typescript-${version}`]: `npm:typescript@~${version}.0` },
  run: async ({ project }) => {
    const compiler = join(project, 'node_modules', `typescript-${version}`, 'bin', 'tsc');
    const strict = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', 'types.ts'];
    await run(project, process.execPath, [compiler, ...strict, '--skipLibCheck']);
    const whole = await run(project, process.execPath, [compiler, ...strict]).then(
      () => 'declarations of tfjs too',
      ({ stdout }: { stdout: string }) => {
        // The DOM's own types of WebGPU, since TypeScript 6, and those of @webgpu/types name the same things.
        const others = stdout
          .split('\n')
          .filter((line) => /^\S/.test(line) && !/@(tensorflow|webgpu)|lib\.dom\.d\.ts/.test(line));
        if (others.length) throw new Error(others.join('\n'));
        return 'with skipLibCheck, for tfjs and @webgpu/types';
      },
    );
    return { written: null, remark: whole };
  },
});

export const ROWS: Readonly<Record<string, Row>> = {
  'Node, import': { run: node('main.mjs') },
  'Node, require': { run: node('main.cjs') },
  tsx: { others: { tsx: '4.23.15' }, run: script('tsx', ['main.mjs']) },
  Deno: { others: { deno: '2.9.6' }, run: script('deno', ['run', '-A', 'main.mjs']) },
  Bun: { others: { bun: '1.4.5' }, run: script('bun', ['main.mjs']) },
  esbuild: { run: bundled('esbuild') },
  Rollup: { run: bundled('rollup') },
  'Vite 7': { run: bundled('vite') },
  'Vite 8': { others: { vite: '8.4.0' }, run: vite('index.html', 'vite') },
  'Vite 8, module worker': { others: { vite: '8.4.0' }, run: vite('worker.html', 'vite-worker') },
  'webpack 5': { run: bundled('webpack') },
  'webpack 5, module worker': { run: bundled('webpack', 'worker.html') },
  Parcel: {
    others: { parcel: '2.16.4', buffer: '6.0.3', process: '0.11.10', util: '0.12.5' },
    run: async ({ project, browser }) => {
      const output = join(project, 'out/parcel');
      await run(project, local(project, 'parcel'), ['build', 'index.html', '--dist-dir', output]);
      return { written: await openPage(browser, output), remark: "with polyfills of Node's modules, for tfjs" };
    },
  },
  'one file, in a module worker': { run: plain('plain.html') },
  'import map': { run: plain('import-map.html') },
  'Next.js, page and server': {
    others: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' },
    run: async ({ project, browser }) => {
      await cp(join(project, 'next/app'), join(project, 'app'), { recursive: true });
      await run(project, local(project, 'next'), ['build']);
      const server = spawn(local(project, 'next'), ['start', '--port', '4571'], { cwd: project, stdio: 'ignore' });
      try {
        const fromServer = await answer('http://localhost:4571/api');
        const written = await openAddress(browser, 'http://localhost:4571/');
        if (fromServer !== written) throw new Error(`the server writes '${fromServer}', the page '${written}'`);
        return { written };
      } finally {
        server.kill();
      }
    },
  },
  'TypeScript 5.8': typescript('5.8'),
  'TypeScript 5.9': typescript('5.9'),
  'TypeScript 6.0': typescript('6.0'),
  'TypeScript 7.0': typescript('7.0'),
};

/** The answer of a server that is starting. */
async function answer(address: string): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await (await fetch(address)).text();
    } catch (error) {
      if (attempt === 60) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
