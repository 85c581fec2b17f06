import { dequantizeGroups } from './groups.js';
import { expectShape, scalesOf, unpackRows, type WordOrder, wordsOf } from './packed.js';
import type { QuantizationScheme } from './scheme.js';

/** Output within eight of each 4-bit integer of a word, from the lowest bits on. */
const ORDER: WordOrder = [0, 2, 4, 6, 1, 3, 5, 7];

/**
 * The layout `gemm` of AWQ checkpoints (Lin et al. 2023), 4 bits: `qweight` [inputs, outputs / 8] and `qzeros`
 * [groups, outputs / 8] pack eight outputs into a word, `scales` is [groups, outputs].
 *
 * @param groupSize inputs that share a scale; all of them where null
 */
export function awq(groupSize: number | null): QuantizationScheme {
  return {
    main: 'qweight',
    parts: ['qweight', 'qzeros', 'scales'],
    shape: async ({ qweight }) => [(qweight![1] ?? 0) * 8, qweight![0]!],
    dequantize: ({ qweight, qzeros, scales: stored }, shape, where) => {
      const [outputs, inputs] = shape as [number, number];
      const size = groupSize ?? inputs;
      const groups = Math.ceil(inputs / size);
      expectShape('qzeros', qzeros!, [groups, outputs / 8], where);
      expectShape('scales', stored!, [groups, outputs], where);
      const integers = unpackRows(wordsOf(qweight!, `${where}, qweight`), 4, ORDER);
      const zeros = unpackRows(wordsOf(qzeros!, `${where}, qzeros`), 4, ORDER);
      const scales = scalesOf(stored!, `${where}, scales`);
      return dequantizeGroups({
        ...{ bits: 4, shape: [outputs, inputs], dtype: stored!.dtype },
        integer: (output, input) => integers[input * outputs + output]!,
        group: (input) => Math.floor(input / size),
        scale: (output, group) => scales[group * outputs + output]!,
        zero: (output, group) => zeros[group * outputs + output]!,
      });
    },
  };
}
