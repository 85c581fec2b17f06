/** The command `pnpm conformance`; its options are in options.ts. */
import { openBackend, SequiturError } from '@sequitur/core';
import { conform } from './conform.js';
import { HELP, readOptions } from './options.js';
import { describeReport } from './report.js';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const backend = await openBackend(options.backend);
  const counts = { passed: 0, failed: 0, unsupported: 0 };
  for (const folder of options.folders) {
    const report = await conform(folder, options);
    counts[report.verdict]++;
    console.log(options.json ? JSON.stringify(report) : describeReport(report, options.verbose));
  }
  if (!options.json) {
    const { passed, failed, unsupported } = counts;
    console.log(`\n${backend.name}: ${passed} passed, ${failed} failed, ${unsupported} unsupported`);
  }
  if (counts.passed < options.folders.length) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  // A SequiturError explains itself; any other error is a bug and is printed with its stack.
  console.error(error instanceof SequiturError ? error.message : error);
  process.exitCode = 1;
}
