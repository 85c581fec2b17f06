import { type Tensor3D, tensor3d, tidy } from '@tensorflow/tfjs-core';
import type { Guess, LogitLens } from '../../protocol/inside.js';
import { type CausalStack, hostSoftmax } from '../packages.js';
import type { Observed } from '../see/observed.js';
import { layersOf } from './residual.js';

/** Number of reported guesses for each layer and token. */
const TOLD = 5;

/**
 * The logit lens (nostalgebraist 2020): the vectors after each layer through the last norm and the head, as if no layer
 * followed. The last layer's are the model's own probabilities.
 */
export async function logitLens(
  stack: CausalStack,
  found: ReadonlyMap<string, Observed>,
  spell: (token: number) => (id: number) => string,
): Promise<LogitLens | null> {
  const layers = layersOf(found);
  if (layers.length < 2) return null;
  const read = layers.map(
    ({ value }) =>
      () =>
        probabilitiesOf(stack, value),
  );
  const last = await read.at(-1)!();
  const length = last.length;
  const final = last.map((shares) => shares.indexOf(Math.max(...shares)));
  const agreement = new Float32Array(layers.length * length);
  const guesses: Guess[][][] = [];
  // One layer at a time: a large vocabulary times all layers would not fit.
  for (const [layer, shares] of read.entries()) {
    const rows = layer === layers.length - 1 ? last : await shares();
    guesses.push(rows.map((row, token) => likeliest(row, spell(token))));
    for (const [token, row] of rows.entries()) agreement[layer * length + token] = row[final[token]!]!;
  }
  return { labels: layers.map(({ label }) => label), guesses, agreement };
}

/** For every token the probabilities of what comes next. */
async function probabilitiesOf(stack: CausalStack, { values, shape }: Observed): Promise<Float64Array[]> {
  const logits = tidy(() =>
    stack.logitsOf(stack.norm.apply(tensor3d(values, shape as [number, number, number])) as Tensor3D),
  );
  const scores = (await logits.data()) as Float32Array;
  logits.dispose();
  const size = stack.vocabularySize;
  return Array.from({ length: shape[1]! }, (_, token) => hostSoftmax(scores.slice(token * size, (token + 1) * size)));
}

function likeliest(shares: Float64Array, spell: (id: number) => string): Guess[] {
  const order = [...shares.keys()].sort((a, b) => shares[b]! - shares[a]!).slice(0, TOLD);
  return order.map((id) => ({ text: spell(id), probability: shares[id]! }));
}
