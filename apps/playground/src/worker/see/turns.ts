import { buffer, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Seen } from '../../protocol/see.js';
import { type CausalStack, MultiHeadAttention, modulesOf } from '../packages.js';

/** Which pairs are shown: the fastest, and one that is an eighth of the way to the slowest. */
const PAIRS = [0, 1 / 4];

/** How the positional encoding turns pairs of numbers, place by place; nothing where it does not turn any. */
export async function turnsOf(stack: CausalStack, length: number): Promise<Seen['turns']> {
  const found = [...modulesOf(stack)].find(([, part]) => part instanceof MultiHeadAttention);
  if (!found) return [];
  const { positions, headSize } = found[1] as MultiHeadAttention;
  const pairs = headSize / 2;
  const shown = PAIRS.map((share) => Math.floor(share * pairs));
  return Promise.all(
    shown.map(async (pair) => {
      // A hand that points along the first number of its pair.
      const hands = buffer([1, length, 1, headSize], 'float32');
      for (let place = 0; place < length; place++) hands.set(1, 0, place, 0, pair);
      const hand = hands.toTensor() as Tensor4D;
      const turned = positions.apply(hand, { seen: 0, length });
      const values = (await turned.data()) as Float32Array;
      turned.dispose();
      hand.dispose();
      const angles = Array.from({ length }, (_, place) => {
        return Math.atan2(values[place * headSize + pair + pairs]!, values[place * headSize + pair]!);
      });
      return { pair, angles };
    }),
  );
}
