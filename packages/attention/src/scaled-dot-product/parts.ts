import { type OpInputs, type Range, ranges } from '@sequitur/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { stridesOf } from './strides.js';

/** Of a call of attention: numbers of a first and, behind it, the one after the last, for each kind of share. */
type Part = readonly number[];

/** So many for each thread even out that some see more than others, or that a thread has to wait. */
const PARTS = 8;
/** Each part packs the keys of its heads anew, which as many queries outweigh; a multiple of a block. */
const LEAST_QUERIES = 256;

/** Of a forward: batches, heads of the keys and queries. */
export function forwardParts({ query, key }: OpInputs, threads: number): readonly Part[] {
  const wanted = query!.shape[1]! < LEAST_QUERIES ? threads : wantedParts(threads);
  const heads = headParts(ranges(query!.shape[0]!, wanted), key!.shape[2]!, wanted);
  const queries = ranges(query!.shape[1]!, Math.ceil(wanted / heads.length), LEAST_QUERIES);
  return heads.flatMap((part) => queries.map((range) => [...part, ...ends(range)]));
}

/**
 * Of a backward: batches and heads of the keys. What adds to the same numbers of a bias's gradient stays in one part, so
 * that they are added in one order.
 *
 * @param dbias the gradient of a bias tensor, if it is asked for
 * @param drelative the gradient of a bias by distance, which all batches have in common
 */
export function backwardParts(
  { query, key }: OpInputs,
  { dbias, drelative }: { readonly dbias?: TensorInfo | undefined; readonly drelative?: TensorInfo | undefined },
  threads: number,
): readonly Part[] {
  const wanted = wantedParts(threads);
  const [batchStep, headStep] = dbias ? stridesOf(dbias.shape) : [];
  const batches = ranges(query!.shape[0]!, drelative || batchStep === 0 ? 1 : wanted);
  return headParts(batches, key!.shape[2]!, headStep === 0 ? 1 : wanted);
}

function wantedParts(threads: number): number {
  return threads === 1 ? 1 : PARTS * threads;
}

function headParts(batches: readonly Range[], keyHeads: number, wanted: number): readonly Part[] {
  const heads = ranges(keyHeads, Math.ceil(wanted / batches.length));
  return batches.flatMap((batch) => heads.map((head) => [...ends(batch), ...ends(head)]));
}

function ends({ from, count }: Range): readonly [number, number] {
  return [from, from + count];
}
