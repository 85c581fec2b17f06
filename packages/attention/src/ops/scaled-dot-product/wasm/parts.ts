import { type OpInputs, type Range, ranges } from '@sequitur/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { stridesOf } from '../strides.js';

/**
 * A share of an attention call: a half-open range along each axis that work is divided over, as [start, end, start,
 * end, ...].
 */
type Part = readonly number[];

/** Parts per thread: several, so that uneven work and waiting threads balance out. */
const PARTS = 8;
/** Minimum number of queries per part, a multiple of a block: each part packs the keys of its heads again. */
const LEAST_QUERIES = 256;

/** The parts of a forward call: batches, key heads and queries. */
export function forwardParts({ query, key }: OpInputs, threads: number): readonly Part[] {
  const wanted = query!.shape[1]! < LEAST_QUERIES ? threads : wantedParts(threads);
  const heads = headParts(ranges(query!.shape[0]!, wanted), key!.shape[2]!, wanted);
  const queries = ranges(query!.shape[1]!, Math.ceil(wanted / heads.length), LEAST_QUERIES);
  return heads.flatMap((part) => queries.map((range) => [...part, ...ends(range)]));
}

/**
 * The parts of a backward call: batches and key heads. Everything that adds to the same elements of a bias gradient is
 * in one part, so that the order of summation is fixed.
 *
 * @param dbias the gradient of a bias tensor, if it is requested
 * @param drelative the gradient of a bias by distance, which all batches share
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
