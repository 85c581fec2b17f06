import { Rotary, type RotaryOptions, type RotaryScaling } from '@sequitur/attention';
import {
  concat,
  type NamedTensorMap,
  reshape,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
  transpose,
} from '@tensorflow/tfjs-core';
import type { Operation, OperationCase } from './operation.js';

interface Scaling {
  readonly rope_type: string;
  readonly factor?: number;
  readonly low_freq_factor?: number;
  readonly high_freq_factor?: number;
  readonly original_max_position_embeddings?: number;
  readonly attention_factor?: number;
  readonly beta_fast?: number;
  readonly beta_slow?: number;
}

/**
 * Llama's layout [batch, heads, length, size] with tables; or GPT-J's [batch, length, heads, size], which rotates
 * adjacent pairs.
 */
export const rope: Operation = async (given) => (given.attribute('layout') === undefined ? llama(given) : gptJ(given));

function gptJ(given: OperationCase): NamedTensorMap {
  const outputs: NamedTensorMap = {};
  for (const name of ['q', 'k'].filter((input) => given.has(input))) {
    const x = given.input(name) as Tensor4D;
    const [, length, , headSize] = x.shape;
    const rotaryDimensions = given.attribute<number>('rotary_dim') ?? headSize;
    outputs[name] = new Rotary({ headSize, rotaryDimensions, interleaved: true }).apply(x, { seen: 0, length });
  }
  return outputs;
}

async function llama(given: OperationCase): Promise<NamedTensorMap | null> {
  const headSize = given.attribute<number>('head_dim')!;
  const trainedLength = given.attribute<number>('max_position_embeddings')!;
  const scaling = scalingOf(given.attribute<Scaling | null>('rope_scaling') ?? null, trainedLength);
  if (!scaling) return null;
  const options: RotaryOptions = { headSize, base: given.attribute<number>('rope_theta')!, scaling };
  const rotary = new Rotary(options);
  const positions = given.input('position_ids') as Tensor2D;
  const [batch, length] = positions.shape;
  const place = { seen: 0, length, positions };
  const { cosines, sines } = rotary.tables(place);
  const twice = (table: Tensor) => reshape(concat([table, table], 1), [batch, length, headSize]);
  const marked = (name: string) =>
    transpose(rotary.apply(transpose(given.input(name), [0, 2, 1, 3]) as Tensor4D, place), [0, 2, 1, 3]);
  const longest = Math.max(...(await positions.data())) + 1;
  return {
    q: marked('q'),
    k: marked('k'),
    cos: twice(cosines),
    sin: twice(sines),
    inv_freq: tensor1d(Float32Array.from(rotary.frequencies(longest))),
  };
}

function scalingOf(scaling: Scaling | null, trainedLength: number): RotaryScaling | null {
  const {
    rope_type: kind = 'default',
    factor = 1,
    original_max_position_embeddings: original = trainedLength,
  } = scaling ?? {};
  switch (kind) {
    case 'default':
      return { kind: 'none' };
    case 'linear':
      return { kind: 'linear', factor };
    case 'dynamic':
      return { kind: 'dynamic', factor, trainedLength };
    case 'yarn':
      return {
        kind: 'yarn',
        factor,
        trainedLength: original,
        ...(scaling!.attention_factor !== undefined && { amplitude: scaling!.attention_factor }),
        ...(scaling!.beta_fast !== undefined && { fastTurns: scaling!.beta_fast }),
        ...(scaling!.beta_slow !== undefined && { slowTurns: scaling!.beta_slow }),
      };
    case 'llama3':
      return {
        kind: 'llama3',
        factor,
        lowFrequencyFactor: scaling!.low_freq_factor!,
        highFrequencyFactor: scaling!.high_freq_factor!,
        trainedLength: original,
      };
    default:
      return null;
  }
}
