/** The command `pnpm real-files`: reads real configurations and tokenizers, and compares each with its index. */
import { resolve } from 'node:path';
import { SequiturError } from '@sequitur/core';
import { readCorpus } from './corpus.js';
import { evaluate, type Finding, type Verdict } from './evaluate.js';
import { outcomeOf } from './readers.js';

const HELP = `Reads every file of a corpus of real files with Sequitur's readers, and compares them with its index.

  pnpm real-files <folder> [--all]

The folder holds configs/, generation/, adapters/ and tokenizers/, each with an index.json that gives the expected outcome
of each file, read or refused, and the reason. Differences are printed; with --all every file. The exit code is 1 if any
file has a wrong outcome.
`;

async function main(args: readonly string[]): Promise<void> {
  const folder = args.find((argument) => !argument.startsWith('-'));
  if (folder === undefined || args.includes('--help')) {
    process.stdout.write(HELP);
    process.exitCode = folder === undefined && !args.includes('--help') ? 1 : 0;
    return;
  }
  const counts = new Map<Verdict, number>();
  for (const entry of await readCorpus(resolve(process.env.INIT_CWD ?? process.cwd(), folder))) {
    const finding = evaluate(entry, await outcomeOf(entry));
    counts.set(finding.verdict, (counts.get(finding.verdict) ?? 0) + 1);
    if (finding.verdict !== 'right' || args.includes('--all')) console.log(show(finding));
  }
  console.log([...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', '));
  if (counts.has('wrong')) process.exitCode = 1;
}

function show({ verdict, entry, outcome }: Finding): string {
  const lines = [`${verdict}: ${entry.kind}/${entry.name}`, `  right: ${entry.right}${entry.why && ` (${entry.why})`}`];
  return [...lines, `  found: ${outcome.what}`, ...outcome.warnings.map((warning) => `  warned: ${warning}`)].join(
    '\n',
  );
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof SequiturError ? error.message : error);
  process.exitCode = 1;
}
