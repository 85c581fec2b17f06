import { SequiturError } from '@sequitur/core';
import { compare, compareHelp } from './commands/compare.js';
import { decoding, decodingHelp } from './commands/decoding.js';
import { formats, formatsHelp } from './commands/formats.js';
import { kernels, kernelsHelp } from './commands/kernels.js';
import { load, loadHelp } from './commands/load.js';
import { report, reportHelp } from './commands/report.js';
import { scaling, scalingHelp } from './commands/scaling.js';

interface Command {
  readonly help: string;
  run(args: readonly string[]): Promise<void>;
}

const commands: Readonly<Record<string, Command>> = {
  compare: { help: compareHelp, run: compare },
  kernels: { help: kernelsHelp, run: kernels },
  formats: { help: formatsHelp, run: formats },
  load: { help: loadHelp, run: load },
  decoding: { help: decodingHelp, run: decoding },
  scaling: { help: scalingHelp, run: (args) => scaling(args) },
  report: { help: reportHelp, run: report },
};

const [name = '--help', ...rest] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
try {
  if (command && !rest.includes('--help')) await command.run(rest);
  else process.stdout.write((command ? [command] : Object.values(commands)).map(({ help }) => help).join('\n'));
  if (!command && name !== '--help') process.exitCode = 1;
} catch (error) {
  // SequiturErrors and errors of the command line explain themselves; any other error is printed with its stack.
  const { code, message } = error as { code?: string; message: string };
  const expected =
    error instanceof SequiturError || code?.startsWith('ERR_PARSE_ARGS') || message.startsWith('interrupted');
  console.error(expected ? message : error);
  process.exitCode = 1;
}
