import type { Conversion } from './conversions.js';

/**
 * Ours [inputs, heads * size] each, theirs [heads * parts * size, inputs]: for each head its rows of the first part, of
 * the second, ... Biases likewise, without inputs.
 */
export function headByHead(heads: number): Conversion {
  const sizes = (parts: readonly (readonly number[])[]) => ({
    inputs: parts[0]!.length === 2 ? parts[0]![0]! : 1,
    outputs: parts[0]!.at(-1)!,
  });
  /** For each number of theirs: the part of ours, and the place in it. */
  const visit = (
    parts: readonly (readonly number[])[],
    each: (theirs: number, part: number, ours: number) => void,
  ): void => {
    const { inputs, outputs } = sizes(parts);
    const size = outputs / heads;
    for (let row = 0; row < outputs * parts.length; row++) {
      const head = Math.floor(row / (parts.length * size));
      const part = Math.floor(row / size) % parts.length;
      const column = head * size + (row % size);
      for (let input = 0; input < inputs; input++) each(row * inputs + input, part, input * outputs + column);
    }
  };
  return {
    shape: (parts) => {
      const { inputs, outputs } = sizes(parts);
      return parts[0]!.length === 2 ? [outputs * parts.length, inputs] : [outputs * parts.length];
    },
    split: (values, parts) => {
      const { inputs, outputs } = sizes(parts);
      const split = parts.map(() => new Float32Array(inputs * outputs));
      visit(parts, (theirs, part, ours) => {
        split[part]![ours] = values[theirs]!;
      });
      return split;
    },
    join: (values, parts) => {
      const { inputs, outputs } = sizes(parts);
      const joined = new Float32Array(inputs * outputs * parts.length);
      visit(parts, (theirs, part, ours) => {
        joined[theirs] = values[part]![ours]!;
      });
      return joined;
    },
  };
}
