// Breaks the sources on purpose, one small mutant at a time, and lists the breaks that no test notices.   node
// scripts/mutate.mjs [--kind <kind>] [--only <index,…>] [--check] [--out <file>] The mutants are data:
// scripts/mutants.json. Each is applied in a copy of the repository, and only the tests that ought to notice it run, on
// cpu and wasm, in one vitest that stays warm. Exit code 1 where more than 5 % survive or a test fails without a
// mutant.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const { values: given } = parseArgs({
  options: {
    kind: { type: 'string' },
    only: { type: 'string' },
    check: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});

/** @typedef {{ file: string, from: string, to: string, kind: string, tests: string[], name?: string }} Mutant */

/** @type {Mutant[]} */
const all = JSON.parse(readFileSync(join(root, 'scripts', 'mutants.json'), 'utf8'));
const only = given.only?.split(',').map(Number);
const mutants = all
  .map((mutant, index) => ({ ...mutant, index }))
  .filter(({ kind, index }) => (given.kind ?? kind) === kind && (only?.includes(index) ?? true));

checkMutants(all);
if (given.check) {
  console.log(`${all.length} mutants fit the sources`);
  process.exit(0);
}
process.env.SEQUITUR_BACKENDS ??= 'cpu,wasm';
const copy = copyOfRepository();
const results = [];
const unsound = new Set();
try {
  await run();
} finally {
  rmSync(copy, { recursive: true, force: true });
}
report();

/** Every mutant changes one place that there is, and every test file exists. */
function checkMutants(list) {
  const faults = list.flatMap(({ file, from, tests }, index) => {
    const places = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8').split(from).length - 1 : 0;
    const missing = tests.filter((test) => !existsSync(join(root, test)));
    return [
      ...(places === 1 ? [] : [`mutant ${index}, ${file}: ${places} places of ${JSON.stringify(from)}`]),
      ...missing.map((test) => `mutant ${index}: no test ${test}`),
    ];
  });
  if (faults.length === 0) return;
  console.error(faults.join('\n'));
  process.exit(1);
}

/** The tracked and generated files, with links of packages that lead into the copy; the packages of others are shared. */
function copyOfRepository() {
  const target = mkdtempSync(join(tmpdir(), 'sequitur-mutants-'));
  const skipped = [join(root, 'node_modules'), join(root, '.git'), join(root, 'apps')];
  const isKept = (path) => !skipped.includes(path) && !/\/(dist|\.turbo|\.cache)$/.test(path);
  cpSync(root, target, { recursive: true, filter: isKept, verbatimSymlinks: true });
  mkdirSync(join(target, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules'))) {
    const [from, to] = [join(root, 'node_modules', name), join(target, 'node_modules', name)];
    if (name === '@sequitur')
      cpSync(from, to, { recursive: true, verbatimSymlinks: true }); // links lead into the copy
    else symlinkSync(from, to);
  }
  return target;
}

async function run() {
  const { createVitest } = await import('vitest/node');
  process.chdir(copy);
  const vitest = await createVitest('test', {
    ...{ root: copy, watch: false, config: join(copy, 'vitest.config.ts'), maxWorkers: 1, reporters: [{}] },
    ...{ silent: true, testTimeout: 120_000 },
  });
  await vitest.standalone();
  const sound = new Set();
  for (const mutant of mutants) {
    const path = join(copy, mutant.file);
    const source = readFileSync(path, 'utf8');
    // A test that fails without the mutant proves nothing.
    for (const test of mutant.tests.filter((name) => !sound.has(name))) {
      const failure = await failureOf(vitest, [test]);
      if (failure === null) sound.add(test);
      else {
        unsound.add(test);
        console.log(`${test} fails without any mutant: ${failure.slice(0, 300)}`);
      }
    }
    const tests = mutant.tests.filter((name) => sound.has(name));
    if (tests.length === 0) continue;
    writeFileSync(
      path,
      source.replace(mutant.from, () => mutant.to),
    );
    vitest.invalidateFile(path);
    const isNoticed = !(await passes(vitest, tests));
    writeFileSync(path, source);
    vitest.invalidateFile(path);
    results.push({ ...mutant, isNoticed });
    console.log(
      `${isNoticed ? 'noticed ' : 'SURVIVED'} ${mutant.index} ${mutant.kind}: ${mutant.file}: ${mutant.name ?? mutant.to}`,
    );
    if (given.out) writeFileSync(given.out, JSON.stringify(results, null, 1));
  }
  await vitest.close();
}

/** Whether these test files pass. */
async function passes(vitest, tests) {
  return (await failureOf(vitest, tests)) === null;
}

/** The first failure of these test files; null where they pass. */
async function failureOf(vitest, tests) {
  const specifications = await vitest.globTestSpecifications(tests.map((test) => relative(copy, join(copy, test))));
  if (specifications.length < tests.length) throw new Error(`vitest does not find ${tests.join(', ')}`);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  const files = specifications.map(({ moduleId }) => moduleId);
  const now = testModules.filter(({ moduleId }) => files.includes(moduleId)); // those of earlier runs are reported again
  if (now.length < files.length) throw new Error(`${tests.join(', ')} did not run`);
  for (const module of now) {
    if (module.ok() && module.state() !== 'passed') throw new Error(`${module.moduleId} did not run`);
    if (module.ok()) continue;
    const failed = [...module.children.allTests('failed')][0];
    const [error] = failed?.result().errors ?? module.errors();
    return `${failed?.fullName ?? module.moduleId}: ${error?.message ?? 'failed'}`;
  }
  return unhandledErrors.length > 0 ? String(unhandledErrors[0]) : null;
}

function report() {
  const survivors = results.filter(({ isNoticed }) => !isNoticed);
  for (const kind of [...new Set(results.map((result) => result.kind))].sort()) {
    const ofKind = results.filter((result) => result.kind === kind);
    const left = ofKind.filter(({ isNoticed }) => !isNoticed);
    console.log(`${kind}: ${left.length} of ${ofKind.length} survived`);
    for (const { index, file, from, to } of left) console.log(`  ${index} ${file}\n    - ${from}\n    + ${to}`);
  }
  console.log(`${survivors.length} of ${results.length} mutants survived`);
  if (unsound.size > 0) console.log(`without any mutant fail: ${[...unsound].join(', ')}`);
  process.exit(survivors.length > 0.05 * results.length || unsound.size > 0 ? 1 : 0);
}
