import type { Conversion } from './conversions.js';

type Shape = readonly number[];

/**
 * Ours [inputs, heads * size] each, theirs [all outputs, inputs]: for each head (or group of heads) its rows of the first
 * part, of the second, ... A part may have more rows per group than another. Biases likewise, without inputs.
 */
export function headByHead(heads: number): Conversion {
  const outputsOf = (parts: readonly Shape[]) => parts.reduce((sum, part) => sum + part.at(-1)!, 0);
  /** For each stored element: our part, and the index in it. */
  const visit = (parts: readonly Shape[], each: (theirs: number, part: number, ours: number) => void): void => {
    const inputs = inputsOf(parts);
    let row = 0;
    for (let head = 0; head < heads; head++) {
      for (const [part, shape] of parts.entries()) {
        const [outputs, size] = [shape.at(-1)!, shape.at(-1)! / heads];
        for (let column = head * size; column < (head + 1) * size; column++, row++) {
          for (let input = 0; input < inputs; input++) each(row * inputs + input, part, input * outputs + column);
        }
      }
    }
  };
  return {
    shape: (parts) => (parts[0]!.length === 2 ? [outputsOf(parts), inputsOf(parts)] : [outputsOf(parts)]),
    split: (values, parts) => {
      const split = parts.map((part) => new Float32Array(inputsOf(parts) * part.at(-1)!));
      visit(parts, (theirs, part, ours) => {
        split[part]![ours] = values[theirs]!;
      });
      return split;
    },
    join: (values, parts) => {
      const joined = new Float32Array(inputsOf(parts) * outputsOf(parts));
      visit(parts, (theirs, part, ours) => {
        joined[theirs] = values[part]![ours]!;
      });
      return joined;
    },
  };
}

function inputsOf([part]: readonly Shape[]): number {
  return part!.length === 2 ? part![0]! : 1;
}
