import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin, type Rollup } from 'vite';
import type { Plan } from '../src/service-worker/answers.js';
import { HEADERS } from './policy.js';

const entry = join(import.meta.dirname, '../src/service-worker/main.ts');
const publicFolder = join(import.meta.dirname, '../public');

/** Writes `service-worker.js` next to the page, with the list of all built files. */
export function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const code = await bundled(planOf(bundle));
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: code });
      },
    },
  };
}

function planOf(bundle: Rollup.OutputBundle): Plan {
  const files = Object.values(bundle).filter(({ fileName }) => !/^_headers$|\.map$/.test(fileName));
  const isModel = ({ fileName }: { fileName: string }) => fileName.startsWith('models/');
  const shell = files.filter((file) => !isModel(file));
  const names = shell.map(({ fileName }) => fileName);
  return {
    version: digest(shell),
    models: digest(files.filter(isModel)),
    shell: ['./', ...readdirSync(publicFolder), ...names.filter((name) => name !== 'index.html')],
    headers: HEADERS,
  };
}

function digest(files: readonly (Rollup.OutputAsset | Rollup.OutputChunk)[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file.fileName).update(file.type === 'chunk' ? file.code : file.source);
  return hash.digest('hex').slice(0, 12);
}

async function bundled(plan: Plan): Promise<string> {
  const built = await build({
    ...{ configFile: false, publicDir: false, logLevel: 'error' },
    define: { PLAN: JSON.stringify(plan) },
    build: {
      write: false,
      target: 'es2022',
      lib: { entry, formats: ['es'], fileName: 'service-worker' },
    },
  });
  const [first] = [built].flat() as Rollup.RollupOutput[];
  return first!.output[0].code;
}
