import type { InsideBlock, StateSpaceView } from '../../protocol/inside.js';
import type { Observed } from '../see/observed.js';

/** What every state space block does at every token. */
export function stateSpaces(found: ReadonlyMap<string, Observed>, blocks: readonly InsideBlock[]): StateSpaceView[] {
  return blocks.flatMap(({ label, name }, index) => {
    const seen = (what: string) => found.get(`blocks.${index}.mixer.${what}`);
    const [steps, norms, attention, response] = [
      seen('stepSizes') ?? seen('gates'),
      seen('stateNorms'),
      seen('attention'),
      seen('response'),
    ];
    if (!steps && !norms && !response) return [];
    return {
      ...{ label, name },
      stepSizes: steps ? meanOfRows(steps) : null,
      norms: norms?.values ?? null,
      attention: attention ? meanSize(attention) : null,
      response: response ? meanOfColumns(response) : null,
    };
  });
}

/** [1, length, channels] -> [length] */
function meanOfRows({ values, shape: [, length, channels] }: Observed): Float32Array {
  return Float32Array.from({ length: length! }, (_, row) => {
    const own = values.subarray(row * channels!, (row + 1) * channels!);
    return own.reduce((sum, value) => sum + value, 0) / channels!;
  });
}

/** [1, length, length] or [1, heads, length, length] -> [length, length], without sign. */
function meanSize({ values, shape }: Observed): Float32Array {
  const length = shape.at(-1)!;
  const heads = values.length / length ** 2;
  return Float32Array.from({ length: length ** 2 }, (_, cell) => {
    let sum = 0;
    for (let head = 0; head < heads; head++) sum += Math.abs(values[head * length ** 2 + cell]!);
    return sum / heads;
  });
}

/** [channels, lags] -> [lags], without sign. */
function meanOfColumns({ values, shape }: Observed): Float32Array {
  const lags = shape.at(-1)!;
  const channels = values.length / lags;
  return Float32Array.from({ length: lags }, (_, lag) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += Math.abs(values[channel * lags + lag]!);
    return sum / channels;
  });
}
