import type { AttentionMaps } from '../../protocol/inside.js';
import type { Observed } from '../see/observed.js';

/** A layer of attention by the name of its weights: how it is called, and which texts ask and answer. */
interface Layer {
  readonly label: string;
  readonly queries: number;
  readonly keys: number;
}

/** The maps of all attention layers, in the order of the layers. */
export function attentionMaps(found: ReadonlyMap<string, Observed>, lengths: readonly number[]): AttentionMaps[] {
  const byLayer = new Map<string, Observed[]>();
  for (const [name, value] of found) {
    const [, layer] = /^(.*\.weights)(?:\.\d+)?$/.exec(name) ?? [];
    if (layer) byLayer.set(layer, [...(byLayer.get(layer) ?? []), value]);
  }
  const depth = new Set([...found.keys()].flatMap((name) => /^blocks\.\d+/.exec(name)?.[0] ?? [])).size;
  let rolled: Float32Array | null = null;
  return [...byLayer].map(([name, pieces], index) => {
    const layer = layerOf(name);
    const [rows, columns] = [lengths[layer.queries]!, lengths[layer.keys]!];
    const heads = pieces[0]!.shape[1]!;
    const weights = assembled(pieces, heads, rows, columns);
    const mean = meanOverHeads(weights, heads);
    // What layers of another kind move, or memories between segments, is not in the product.
    const isUnbroken =
      pieces.length === 1 && rows === columns && byLayer.size === depth && name === `blocks.${index}.mixer.weights`;
    rolled = isUnbroken ? rolledOut(mean, rolled, rows) : null;
    return { ...layer, heads, weights, mean, rollOut: rolled };
  });
}

/** `blocks.0.mixer.weights`, `encoder.blocks.0.mixer.weights`, `decoder.blocks.0.cross.weights` */
function layerOf(name: string): Layer {
  const [, side = '', block, part] = /^(?:(encoder|decoder)\.)?blocks\.(\d+)\.(mixer|cross)\.weights$/.exec(name)!;
  const number = Number(block) + 1;
  if (!side) return { label: String(number), queries: 0, keys: 0 };
  if (side === 'encoder') return { label: `encoder ${number}`, queries: 0, keys: 0 };
  return part === 'cross'
    ? { label: `cross ${number}`, queries: 1, keys: 0 }
    : { label: `decoder ${number}`, queries: 1, keys: 1 };
}

/**
 * One map of pieces that were computed segment by segment, each [1, heads, queries, keys]. The last key of a piece is its
 * last query; keys before the text, an empty memory, are left out.
 */
function assembled(pieces: readonly Observed[], heads: number, rows: number, columns: number): Float32Array {
  const whole = new Float32Array(heads * rows * columns);
  const isSelf = pieces.length > 1 || pieces[0]!.shape[3] !== columns;
  let start = 0;
  for (const { values, shape } of pieces) {
    const [, , queries, keys] = shape as [number, number, number, number];
    const shift = isSelf ? start + queries - keys : 0;
    for (let head = 0; head < heads; head++) {
      for (let query = 0; query < queries; query++) {
        for (let key = Math.max(0, -shift); key < keys; key++) {
          whole[(head * rows + start + query) * columns + shift + key] = values[(head * queries + query) * keys + key]!;
        }
      }
    }
    start += queries;
  }
  return whole;
}

function meanOverHeads(weights: Float32Array, heads: number): Float32Array {
  const size = weights.length / heads;
  return Float32Array.from({ length: size }, (_, cell) => {
    let sum = 0;
    for (let head = 0; head < heads; head++) sum += weights[head * size + cell]!;
    return sum / heads;
  });
}

/**
 * Attention roll-out (Abnar and Zuidema 2020): the product of all layers up to this one, each half attention and half
 * residual connection.
 */
function rolledOut(mean: Float32Array, below: Float32Array | null, length: number): Float32Array {
  const layer = mean.map((weight, cell) => (weight + (cell % (length + 1) === 0 ? 1 : 0)) / 2);
  if (!below) return layer;
  const product = new Float32Array(length * length);
  for (let query = 0; query < length; query++) {
    for (let between = 0; between < length; between++) {
      const share = layer[query * length + between]!;
      for (let key = 0; share && key < length; key++) {
        product[query * length + key]! += share * below[between * length + key]!;
      }
    }
  }
  return product;
}
