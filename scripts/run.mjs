/**
 * The npm scripts of the README, for a machine with Node alone: `start`, `test` and each example install the
 * workspace's dependencies and then run. Further arguments are passed through (`npm start -- --help`).
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { packageManager, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const commands = {
  start: (rest) => pnpm(['exec', 'tsx', 'packages/bench/src/cli.ts', 'compare', ...rest]),
  ...Object.fromEntries(
    [
      ...['character-gpt', 'translation', 'summarization', 'classification', 'entity-recognition'],
      ...['question-answering', 'bert-pretraining', 'chat', 'state-space-tasks', 'associative-recall'],
      ...['stories', 'intents', 'fill-mask'],
    ].map((name) => [name, (rest) => pnpm(['--filter', `./examples/${name}`, 'start', ...rest])]),
  ),
  playground: (rest) => pnpm(['--filter', '@sequitur/playground', 'start', ...rest]),
  test: (rest) => pnpm(['exec', 'vitest', 'run', ...rest]),
};

const [name, ...rest] = process.argv.slice(2);
const command = commands[name];
if (!command) fail(`unknown command ${name}: expected one of ${Object.keys(commands).join(', ')}`);
checkNode();
install();
command(rest);

function install() {
  console.log('Installing the dependencies (the first time takes a minute)...');
  const installed = pnpmQuietly(['install', '--frozen-lockfile', '--reporter=append-only']);
  if (installed.status === 0) return;
  process.stderr.write(installed.stdout + installed.stderr);
  fail('the installation failed: see above. It needs the npm registry, or a mirror of it named in your npm settings');
}

function pnpm(args) {
  const { status, error } = spawnSync('npx', ['-y', packageManager, ...args], { cwd: root, stdio: 'inherit' });
  if (error) fail(error.message);
  process.exitCode = status ?? 1;
}

function pnpmQuietly(args) {
  return spawnSync('npx', ['-y', packageManager, ...args], { cwd: root, encoding: 'utf8' });
}

function checkNode() {
  const minimum = engines.node.replace('>=', '').split('.').map(Number);
  const found = process.versions.node.split('.').map(Number);
  const older = found[0] < minimum[0] || (found[0] === minimum[0] && found[1] < minimum[1]);
  if (older)
    fail(`Node ${engines.node} is needed, and this is ${process.versions.node}: install a newer one from nodejs.org`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
