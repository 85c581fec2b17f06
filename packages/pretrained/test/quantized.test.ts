import { SequiturError } from '@sequitur/core';
import { describe, expect, it } from 'vitest';
import { ConfigReader } from '../src/index.js';
import { readQuantizationScheme } from '../src/quantized/quantization-config.js';
import { withQuantizedWeights } from '../src/quantized/quantized-checkpoint.js';
import { fromFiles } from '../src/safetensors/checkpoint.js';
import { safetensorsChunks, type TensorToWrite } from '../src/safetensors/writer.js';

/** A weight of integers q from 0 to 2^bits - 1 with scales and zero points: [outputs, inputs] and [outputs, groups]. */
interface Weight {
  readonly outputs: number;
  readonly inputs: number;
  readonly size: number;
  readonly q: (output: number, input: number) => number;
  readonly scale: (output: number, group: number) => number;
  readonly zero: (output: number, group: number) => number;
  readonly group: (input: number) => number;
}

const weight = (bits: number, rest: Partial<Weight> = {}): Weight => {
  const size = rest.size ?? 32;
  return {
    ...{ outputs: 16, inputs: 64, size, group: (input) => Math.floor(input / size) },
    q: (output, input) => (output * 7 + input * 5 + output * input) % 2 ** bits,
    scale: (output, group) => Math.fround((1 + output + 16 * group) / 128),
    zero: () => 2 ** (bits - 1),
    ...rest,
  };
};

/** (q - zero) · scale, row-major [outputs, inputs]. */
const valuesOf = ({ outputs, inputs, q, scale, zero, group }: Weight) =>
  Float32Array.from({ length: outputs * inputs }, (_, i) => {
    const [o, input] = [Math.floor(i / inputs), i % inputs];
    return (q(o, input) - zero(o, group(input))) * scale(o, group(input));
  });

const tensor = (name: string, dtype: TensorToWrite['dtype'], shape: readonly number[], values: ArrayLike<number>) => ({
  ...{ name: `model.layer.${name}`, dtype, shape },
  values: async () => {
    if (dtype === 'I64') return BigInt64Array.from(Array.from(values, BigInt));
    return dtype === 'I32' ? Int32Array.from(values) : Float32Array.from(values);
  },
});

/** [rows, columns] of words: integers n of each word from the lowest bits on. */
const words = (
  rows: number,
  columns: number,
  bits: number,
  integer: (row: number, column: number, n: number) => number,
) =>
  Array.from({ length: rows * columns }, (_, i) => {
    let word = 0n;
    for (let n = 0; n < 32 / bits; n++)
      word |= BigInt(integer(Math.floor(i / columns), i % columns, n)) << BigInt(n * bits);
    return Number(BigInt.asIntN(32, word));
  });

async function opened(tensors: readonly TensorToWrite[], config: object) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of safetensorsChunks(tensors)) chunks.push(new Uint8Array(chunk));
  const bytes = Buffer.concat(chunks);
  const file = {
    name: 'file',
    size: bytes.length,
    read: async (from: number, to: number) => new Uint8Array(bytes.subarray(from, to)),
  };
  const scheme = readQuantizationScheme(new ConfigReader({ quantization_config: config }, 'config.json'));
  return withQuantizedWeights(await fromFiles('folder', [file]), scheme!);
}

const packed = (settings: object, rest: object = {}) => ({
  ...{ quant_method: 'compressed-tensors', format: 'pack-quantized', ignore: ['lm_head'] },
  config_groups: {
    group_0: {
      targets: ['Linear'],
      weights: { num_bits: 4, type: 'int', symmetric: true, ...settings },
      input_activations: null,
    },
  },
  ...rest,
});

function compressed(w: Weight, bits: number, columns = w.inputs): TensorToWrite[] {
  const perWord = 32 / bits;
  const groups = Math.ceil(columns / w.size);
  return [
    tensor(
      'weight_packed',
      'I32',
      [w.outputs, Math.ceil(columns / perWord)],
      words(w.outputs, Math.ceil(columns / perWord), bits, (o, word, n) =>
        word * perWord + n < columns ? w.q(o, word * perWord + n) : 0,
      ),
    ),
    tensor(
      'weight_scale',
      'F32',
      [w.outputs, groups],
      Array.from({ length: w.outputs * groups }, (_, i) => w.scale(Math.floor(i / groups), i % groups)),
    ),
    tensor('weight_shape', 'I64', [2], [w.outputs, columns]),
  ];
}

function gptqTensors(w: Weight, bits: number, lessOne = true): TensorToWrite[] {
  const perWord = 32 / bits;
  const groups = Math.ceil(w.inputs / w.size);
  const mask = 2 ** bits - 1;
  return [
    tensor(
      'qweight',
      'I32',
      [w.inputs / perWord, w.outputs],
      words(w.inputs / perWord, w.outputs, bits, (word, o, n) => w.q(o, word * perWord + n)),
    ),
    tensor(
      'qzeros',
      'I32',
      [groups, w.outputs / perWord],
      words(
        groups,
        w.outputs / perWord,
        bits,
        (g, word, n) => (w.zero(word * perWord + n, g) - (lessOne ? 1 : 0)) & mask,
      ),
    ),
    tensor(
      'scales',
      'F32',
      [groups, w.outputs],
      Array.from({ length: groups * w.outputs }, (_, i) => w.scale(i % w.outputs, Math.floor(i / w.outputs))),
    ),
    tensor(
      'g_idx',
      'I32',
      [w.inputs],
      Array.from({ length: w.inputs }, (_, i) => w.group(i)),
    ),
  ];
}

/** Place of an output among eight -> place in its word, the inverse of 0, 2, 4, 6, 1, 3, 5, 7. */
const AWQ = [0, 4, 1, 5, 2, 6, 3, 7];

function awqTensors(w: Weight): TensorToWrite[] {
  const groups = w.inputs / w.size;
  const outputAt = (word: number, n: number) => word * 8 + AWQ.indexOf(n);
  return [
    tensor(
      'qweight',
      'I32',
      [w.inputs, w.outputs / 8],
      words(w.inputs, w.outputs / 8, 4, (i, word, n) => w.q(outputAt(word, n), i)),
    ),
    tensor(
      'qzeros',
      'I32',
      [groups, w.outputs / 8],
      words(groups, w.outputs / 8, 4, (g, word, n) => w.zero(outputAt(word, n), g)),
    ),
    tensor(
      'scales',
      'F32',
      [groups, w.outputs],
      Array.from({ length: groups * w.outputs }, (_, i) => w.scale(i % w.outputs, Math.floor(i / w.outputs))),
    ),
  ];
}

const asymmetric = { zero: (output: number, group: number) => (3 + output + group) % 16 };
const reordered = { group: (input: number) => (input * 3) % 2 };

describe('quantized weights of a checkpoint', () => {
  it.each<[string, Weight, TensorToWrite[], object, string]>([
    [
      'compressed-tensors, groups of 32',
      weight(4),
      compressed(weight(4), 4),
      packed({ strategy: 'group', group_size: 32 }),
      'int4',
    ],
    [
      'compressed-tensors, groups of 128 of 200 inputs',
      weight(4, { inputs: 200, size: 128 }),
      compressed(weight(4, { inputs: 200, size: 128 }), 4),
      packed({ strategy: 'group', group_size: 128 }),
      'int4',
    ],
    [
      'compressed-tensors, 8 bits by row',
      weight(8, { size: 64 }),
      compressed(weight(8, { size: 64 }), 8),
      packed({ num_bits: 8, strategy: 'channel' }),
      'int8',
    ],
    [
      'compressed-tensors, 8 bits in groups',
      weight(8),
      compressed(weight(8), 8),
      packed({ num_bits: 8, strategy: 'group', group_size: 32 }),
      'float32',
    ],
    [
      'compressed-tensors, 13 inputs',
      weight(4, { inputs: 13 }),
      compressed(weight(4, { inputs: 13 }), 4),
      packed({ strategy: 'group', group_size: 32 }),
      'int4',
    ],
    [
      'GPTQ',
      weight(4),
      gptqTensors(weight(4), 4),
      { quant_method: 'gptq', bits: 4, group_size: 32, desc_act: false, sym: true },
      'int4',
    ],
    [
      'GPTQ of version 2',
      weight(4),
      gptqTensors(weight(4), 4, false),
      { quant_method: 'gptq', bits: 4, group_size: 32, checkpoint_format: 'gptq_v2' },
      'int4',
    ],
    [
      'GPTQ with zero points',
      weight(4, asymmetric),
      gptqTensors(weight(4, asymmetric), 4),
      { quant_method: 'gptq', bits: 4, group_size: 32 },
      'float32',
    ],
    [
      'GPTQ with reordered inputs',
      weight(4, reordered),
      gptqTensors(weight(4, reordered), 4),
      { quant_method: 'gptq', bits: 4, group_size: 32, desc_act: true },
      'float32',
    ],
    [
      'GPTQ of 8 bits, one group',
      weight(8, { size: 64 }),
      gptqTensors(weight(8, { size: 64 }), 8),
      { quant_method: 'gptq', bits: 8, group_size: -1 },
      'int8',
    ],
    [
      'AWQ',
      weight(4, asymmetric),
      awqTensors(weight(4, asymmetric)),
      { quant_method: 'awq', bits: 4, group_size: 32, zero_point: true, version: 'GEMM' },
      'float32',
    ],
  ])('%s', async (_, wanted, tensors, config, format) => {
    const checkpoint = await opened([...tensors, tensor('bias', 'F32', [2], [1, 2])], config);
    expect([...checkpoint.tensors.keys()].sort()).toEqual(['model.layer.bias', 'model.layer.weight']);
    expect(checkpoint.tensors.get('model.layer.weight')!.shape).toEqual([wanted.outputs, wanted.inputs]);
    const found = await checkpoint.readWeights('model.layer.weight');
    expect(found.values).toEqual(valuesOf(wanted));
    expect(await checkpoint.readFloat32('model.layer.weight')).toEqual(found.values);
    expect(found.format).toBe(format);
    expect(await checkpoint.readFloat32('model.layer.bias')).toEqual(Float32Array.of(1, 2));
  });

  const good = compressed(weight(4), 4);
  const group = packed({ strategy: 'group', group_size: 32 });
  it.each<[string, TensorToWrite[], object, RegExp]>([
    ['bits that are not built', good, { quant_method: 'gptq', bits: 3, group_size: 128 }, /bits.*4 or 8.*3/s],
    ['another method', good, { quant_method: 'fp8' }, /compressed-tensors, gptq, awq, got "fp8"/],
    ['bitsandbytes, which names no method', good, { load_in_8bit: true }, /bitsandbytes/],
    [
      'quantized activations',
      good,
      packed(
        {},
        { config_groups: { a: { weights: { num_bits: 8, type: 'int' }, input_activations: { num_bits: 8 } } } },
      ),
      /input_activations.*weights alone/s,
    ],
    ['zero points of packed weights', good, packed({ symmetric: false }), /symmetric.*only supported value/s],
    ['rotated weights', good, packed({}, { transform_config: { config_groups: { a: 1 } } }), /transform_config/],
    [
      'settings of single modules',
      good,
      { quant_method: 'gptq', bits: 4, dynamic: { '+:.*': { bits: 8 } } },
      /dynamic/,
    ],
    ['another kernel layout', good, { quant_method: 'awq', version: 'gemv' }, /version.*gemm/s],
    ['a part that is not there', good.slice(0, 2), group, /no weight_shape/],
    [
      'an order that is not there',
      gptqTensors(weight(4), 4).slice(0, 3),
      { quant_method: 'gptq', bits: 4, group_size: 32, desc_act: true },
      /no g_idx/,
    ],
    [
      'a weight that is there twice',
      [...good, tensor('weight', 'F32', [1], [1])],
      group,
      /model\.layer\.weight beside/,
    ],
    [
      'a shape of no matrix',
      [...good.slice(0, 2), tensor('weight_shape', 'I64', [2], [16, -64])],
      group,
      /the shape of a matrix/,
    ],
    [
      'an enormous shape',
      [...good.slice(0, 2), tensor('weight_shape', 'I64', [2], [2 ** 40, 64])],
      group,
      /the shape of a matrix/,
    ],
    [
      'another shape',
      [...good.slice(0, 2), tensor('weight_shape', 'I64', [2], [16, 128])],
      group,
      /weight_packed.*128 integers/s,
    ],
    [
      'scales of other groups',
      [good[0]!, tensor('weight_scale', 'F32', [16, 3], new Array(48).fill(1)), good[2]!],
      group,
      /groups of 32 or whole rows/,
    ],
    [
      'scales that are not finite',
      [good[0]!, tensor('weight_scale', 'F32', [1], [Number.NaN]), good[2]!],
      group,
      /finite scales/,
    ],
    [
      'groups that are not there',
      [...gptqTensors(weight(4), 4).slice(0, 3), tensor('g_idx', 'I32', [64], new Array(64).fill(2))],
      { quant_method: 'gptq', bits: 4, group_size: 32 },
      /groups from 0 to 1, got 2/,
    ],
  ])('refused: %s', async (_, tensors, config, message) => {
    const load = async () => (await opened(tensors, config)).readWeights('model.layer.weight');
    await expect(load()).rejects.toThrow(SequiturError);
    await expect(load()).rejects.toThrow(message);
  });
});
