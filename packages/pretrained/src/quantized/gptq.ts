import { SequiturError } from '@sequitur/core';
import { dequantizeGroups } from './groups.js';
import { expectShape, type PackedBits, scalesOf, unpackRows, wordsOf } from './packed.js';
import type { QuantizationScheme } from './scheme.js';

export interface GptqSettings {
  readonly bits: PackedBits;
  /** Inputs that share a scale; all of them where null. */
  readonly groupSize: number | null;
  /** Whether inputs were quantized in another order, so that `g_idx` must be there. */
  readonly isReordered: boolean;
  /** Whether zero points are stored less one, as all but `gptq_v2` do. */
  readonly zerosLessOne: boolean;
}

/**
 * The layout of GPTQ checkpoints (Frantar et al. 2022): `qweight` [inputs / n, outputs] packs n inputs of one output into
 * a word, `qzeros` [groups, outputs / n] n outputs of one group, `scales` is [groups, outputs], `g_idx` [inputs] the group
 * of each input.
 */
export function gptq({ bits, groupSize, isReordered, zerosLessOne }: GptqSettings): QuantizationScheme {
  const perWord = 32 / bits;
  return {
    main: 'qweight',
    parts: ['qweight', 'qzeros', 'scales', ...(isReordered ? ['g_idx'] : [])],
    optional: ['g_idx'],
    shape: async ({ qweight }) => [qweight![1] ?? 0, qweight![0]! * perWord],
    dequantize: ({ qweight, qzeros, scales: stored, g_idx: ids }, shape, where) => {
      const [outputs, inputs] = shape as [number, number];
      const groups = Math.ceil(inputs / (groupSize ?? inputs));
      expectShape('qzeros', qzeros!, [groups, Math.ceil(outputs / perWord)], where);
      expectShape('scales', stored!, [groups, outputs], where);
      const group = ids ? groupIds(ids.values as Int32Array, [inputs, groups], `${where}, g_idx`) : null;
      const words = transposedWords(wordsOf(qweight!, `${where}, qweight`), outputs);
      const integers = unpackRows(words, bits);
      const zeros = unpackRows(wordsOf(qzeros!, `${where}, qzeros`), bits);
      const stride = Math.ceil(outputs / perWord) * perWord;
      const scales = scalesOf(stored!, `${where}, scales`);
      const mask = 2 ** bits - 1;
      return dequantizeGroups({
        ...{ bits, shape: [outputs, inputs], dtype: stored!.dtype },
        integer: (output, input) => integers[output * inputs + input]!,
        group: (input) => group?.[input] ?? Math.floor(input / (groupSize ?? inputs)),
        scale: (output, g) => scales[g * outputs + output]!,
        zero: (output, g) => (zeros[g * stride + output]! + (zerosLessOne ? 1 : 0)) & mask,
      });
    },
  };
}

/** [words of an output, outputs] -> [outputs, words of an output] */
function transposedWords(words: Int32Array, outputs: number): Int32Array {
  const perOutput = words.length / outputs;
  return words.map((_, i) => words[(i % perOutput) * outputs + Math.floor(i / perOutput)]!);
}

function groupIds(ids: Int32Array, [inputs, groups]: readonly [number, number], where: string): Int32Array {
  const bad = ids.find((id) => !(id >= 0 && id < groups));
  if (ids.length === inputs && bad === undefined) return ids;
  throw new SequiturError({
    where,
    expected: `${inputs} groups from 0 to ${groups - 1}`,
    got: bad === undefined ? `${ids.length}` : String(bad),
  });
}
