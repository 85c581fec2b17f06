import { parseArgs } from 'node:util';
import { measureDecoding } from '../decoding.js';
import { BACKENDS, oneOf, positiveInteger } from './arguments.js';

export const decodingHelp = `bench decoding [options]: time per token and bytes of state of a small Mamba as its sequence grows

  --backend <name>       of ${BACKENDS.join(', ')} (default wasm)
  --until <position>     stop before a position beyond this one (default 100000)
`;

export async function decoding(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { backend: { type: 'string', default: 'wasm' }, until: { type: 'string', default: '100000' } },
  });
  const [backend, until] = [oneOf('--backend', BACKENDS, values.backend), positiveInteger('--until', values.until)];
  for await (const { position, milliseconds, stateBytes } of measureDecoding({ backend, until })) {
    console.log(`position ${position}: ${milliseconds.toFixed(2)} ms per token, ${stateBytes} bytes of state`);
  }
}
