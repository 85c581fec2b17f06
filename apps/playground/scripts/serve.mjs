/** Builds the site where that is needed, and serves it with the headers of `_headers`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serveFolder } from './static-server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const site = join(root, 'dist');
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '5173' },
    host: { type: 'string', default: 'localhost' },
    'as-built': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(`The playground.

  --port <number>   where it is served (default 5173)
  --host <name>     for whom (default localhost; 0.0.0.0 for the whole network)
  --as-built        serves what was built last, without building`);
} else {
  if (!values['as-built'] || !existsSync(join(site, 'index.html'))) await build();
  const { address } = await serveFolder(site, { port: Number(values.port), host: values.host });
  console.log(`The playground is at ${address}\nPress Control C to end it.`);
}

async function build() {
  console.log('Building the page...');
  const vite = await import('vite');
  await vite.build({ root, logLevel: 'warn' });
}
