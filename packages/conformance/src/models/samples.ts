import type { StoredTensor } from '@sequitur/pretrained';
import { compareNumbers, type Finding } from '../comparison.js';
import type { HostTensor } from './read-outputs.js';

/**
 * Compares samples of a large model's outputs: logits at some positions, the top five at all positions, and parts of
 * the hidden states.
 */
export function compareSamples(
  outputs: ReadonlyMap<string, HostTensor>,
  expected: ReadonlyMap<string, StoredTensor>,
  positions: readonly number[],
): Finding[] {
  const findings: Finding[] = [];
  const compare = (name: string, found: ArrayLike<number>) => {
    const wanted = expected.get(name);
    if (wanted) findings.push(compareNumbers(name, found, wanted.values as ArrayLike<number>));
  };
  for (const [name, tensor] of outputs) {
    const width = tensor.shape.at(-1)!;
    compare(`${name}_at_positions`, atPositions(tensor, positions, width));
    compare(`${name}.first16_at_positions`, atPositions(tensor, positions, 16));
    compare(`${name}.mean_absmean`, meanAndAbsoluteMean(tensor.values));
  }
  const logits = outputs.get('logits');
  if (logits && expected.has('top5_ids')) {
    const best = bestFive(logits);
    compare(
      'top5_logits',
      best.flatMap((five) => five.map(({ logit }) => logit)),
    );
    compare(
      'top5_ids',
      best.flatMap((five) => five.map(({ id }) => id)),
    );
  }
  return findings;
}

/** The first `count` elements of each row at these positions of a [batch, length, width]. */
function atPositions({ shape, values }: HostTensor, positions: readonly number[], count: number): number[] {
  const [batch, length, width] = shape as [number, number, number];
  const taken: number[] = [];
  for (let row = 0; row < batch; row++) {
    for (const position of positions) {
      const start = (row * length + position) * width;
      taken.push(...values.subarray(start, start + count));
    }
  }
  return taken;
}

function meanAndAbsoluteMean(values: Float32Array): [number, number] {
  let [sum, absolute] = [0, 0];
  for (const value of values) {
    sum += value;
    absolute += Math.abs(value);
  }
  return [sum / values.length, absolute / values.length];
}

function bestFive({ shape, values }: HostTensor): { id: number; logit: number }[][] {
  const width = shape.at(-1)!;
  return Array.from({ length: values.length / width }, (_, row) => {
    const own = values.subarray(row * width, (row + 1) * width);
    return Array.from(own, (logit, id) => ({ id, logit }))
      .sort((a, b) => b.logit - a.logit)
      .slice(0, 5);
  });
}
