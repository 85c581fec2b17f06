import { parseArgs } from 'node:util';
import { SequiturError } from '@sequitur/core';
import { printKernels } from './kernels/print.js';
import { type ClockName, clocks } from './measure/clock.js';

const HELP = `pnpm bench kernels [options]     our kernels against tfjs, onnxruntime-web and the machine's peak

  --only <suites>      of matmul, training, inference; separated by commas (default all)
  --rounds <n>         how often each is timed, in turn with the others (default 7)
  --clock <name>       wall, or processor: the time this process kept a core busy (default wall)
`;

async function kernels(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      rounds: { type: 'string', default: '7' },
      clock: { type: 'string', default: 'wall' },
    },
  });
  await printKernels({
    ...(values.only !== undefined && { only: values.only.split(',') }),
    rounds: positiveInteger('--rounds', values.rounds),
    clock: clockName(values.clock),
  });
}

function positiveInteger(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new SequiturError({ where: option, expected: 'an integer above 0', got: text });
}

function clockName(text: string): ClockName {
  if (Object.hasOwn(clocks, text)) return text as ClockName;
  throw new SequiturError({ where: '--clock', expected: Object.keys(clocks).join(' or '), got: `'${text}'` });
}

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = { kernels };

const [name = '', ...rest] = process.argv.slice(2);
try {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command && !rest.includes('--help')) await command(rest);
  else process.stdout.write(HELP);
  if (!command && name && name !== '--help') process.exitCode = 1;
} catch (error) {
  // Our own errors say all there is to say, and so do those of the command line; anything else keeps its trace.
  const expected = error instanceof SequiturError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(expected ? (error as Error).message : error);
  process.exitCode = 1;
}
