import type { SeenHead } from '../../protocol/see.js';
import { type CausalStack, type Module, MultiHeadAttention, modulesOf } from '../packages.js';
import type { Observed } from './observed.js';
import { DRAWN, rowsOfHead } from './vectors.js';
import { waysOf } from './ways.js';

/** One head of one layer, from what was observed. */
export async function headOf(
  stack: CausalStack,
  found: ReadonlyMap<string, Observed>,
  { layer, head }: { readonly layer: number; readonly head: number },
): Promise<SeenHead> {
  const of = (name: string) => found.get(`blocks.${layer}.mixer.${name}`)!;
  const mixer = mixerOf(stack.blocks[layer]!);
  // Several heads may share the keys and values of one.
  const shared = Math.floor((head * mixer.keyHeads) / mixer.heads);
  const queries = rowsOfHead(of('query'), head);
  const [keys, values] = [rowsOfHead(of('key'), shared), rowsOfHead(of('value'), shared)];
  const length = queries.length;
  const scores = Float32Array.from({ length: length ** 2 }, (_, cell) => {
    return dot(queries[Math.floor(cell / length)]!, keys[cell % length]!) * mixer.scale;
  });
  const weights = of('weights').values.slice(head * length ** 2, (head + 1) * length ** 2);
  const sums = queries.map((_, query) => {
    const row = weights.subarray(query * length, (query + 1) * length);
    return values[0]!.map((_, at) => row.reduce((sum, weight, key) => sum + weight * values[key]![at]!, 0));
  });
  const drawn = (rows: readonly Float32Array[]) => rows.map((row) => Array.from(row.subarray(0, DRAWN)));
  return {
    ...{ queries: drawn(queries), keys: drawn(keys), values: drawn(values), sums: drawn(sums), scores },
    ways: await waysOf({ stack, mixer, layer, found, weights, queries, keys }),
  };
}

function mixerOf(block: Module): MultiHeadAttention {
  for (const [, part] of modulesOf(block)) if (part instanceof MultiHeadAttention) return part;
  throw new Error('This layer has no attention');
}

export function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0);
}
