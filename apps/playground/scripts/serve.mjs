/** Builds the site if needed, and serves it with the headers of `_headers`. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { listen, serveFolder } from './static-server.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const site = join(root, 'dist');

const HELP = `The playground.

  --port <number>   where it is served (default 5173; 0 takes a free one)
  --host <name>     address to listen on (default localhost; 0.0.0.0 for the whole network)
  --as-built        serve the last build without building`;

await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

async function main() {
  const { port, host, asBuilt, help } = readArguments();
  if (help) return console.log(HELP);
  // Fails early if the port is in use, before a build that takes a minute.
  await expectFree(port, host);
  if (!asBuilt || !existsSync(join(site, 'index.html'))) await build();
  const { address } = await serveFolder(site, { port, host });
  console.log(`The playground is at ${address}\nPress Ctrl+C to stop.`);
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '5173' },
      host: { type: 'string', default: 'localhost' },
      'as-built': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  const isPort = Number.isInteger(port) && port >= 0 && port <= 65_535;
  if (!isPort) throw new Error(`--port: expected a number from 0 to 65535, got '${values.port}'`);
  return { port, host: values.host, asBuilt: values['as-built'], help: values.help };
}

/** @throws where somebody else has the port */
async function expectFree(/** @type {number} */ port, /** @type {string} */ host) {
  const trial = createServer();
  await listen(trial, port, host);
  await new Promise((resolve) => trial.close(resolve));
}

async function build() {
  console.log('Building the page...');
  const vite = await import('vite');
  await vite.build({ root, logLevel: 'warn' });
}
