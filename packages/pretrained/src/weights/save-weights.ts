import {
  checkOptions,
  type Module,
  option,
  optionsOf,
  type Parameter,
  parametersOf,
  SequiturError,
} from '@sequitur/core';
import type { FileSink } from '../files/file-source.js';
import { writeJson } from '../files/json-files.js';
import { checkSink } from '../files/location.js';
import { encodeWeights, type WeightDtype } from '../safetensors/dtypes.js';
import { bytesOf, safetensorsChunks, type TensorToWrite } from '../safetensors/writer.js';
import { isTable, quantizationConfig, quantizedWeight, type StoredWeight, type Storing } from './quantized-weights.js';
import { type Correspondence, correspondences, storedTensors, type WeightRule } from './weight-map.js';

export interface SaveOptions {
  /** Maximum size of a shard in bytes; default 5 GB, as in Python. */
  readonly maxShardBytes?: number;
  /**
   * The dtype of the stored weights. All but F32 round: continue training from unrounded weights. `q8` and `q4` store the
   * matrices that can be quantized as integers (see `quantize`), with tables in 8 bits. Default: matrices that are held
   * as integers are stored as such, everything else in F32.
   */
  readonly dtype?: WeightDtype | 'q8' | 'q4' | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const saveOptions = optionsOf<SaveOptions>({
  maxShardBytes: option.optional(option.positive),
  dtype: option.optional(option.oneOf('F32', 'F16', 'BF16', 'q8', 'q4')),
  signal: option.optional(option.signal),
});

/** The result of saving weights. */
export interface SavedWeights {
  /** The entry `quantization_config` of `config.json`; null where no weight is quantized. */
  readonly quantization: object | null;
}

/**
 * Writes the parameters of a model under the names and in the layout of its checkpoints, as `model.safetensors` or as
 * shards with an index. Tied parameters are stored once.
 */
export async function saveWeights(
  model: Module,
  sink: FileSink,
  rules: readonly WeightRule[],
  options: SaveOptions = {},
): Promise<SavedWeights> {
  const { maxShardBytes = 5e9, dtype, signal } = checkOptions('saving', saveOptions, options);
  checkSink('saveWeights', sink);
  const weights = storedWeights(model, rules, { dtype, signal });
  const tensors = weights.flatMap((weight) => weight.tensors);
  const saved = { quantization: quantizationConfig(weights) };
  const shards = shardsOf(tensors, maxShardBytes);
  if (shards.length === 1) {
    await sink.write('model.safetensors', safetensorsChunks(tensors));
    return saved;
  }
  const weightMap: Record<string, string> = {};
  for (const [index, shard] of shards.entries()) {
    const file = `model-${pad(index + 1)}-of-${pad(shards.length)}.safetensors`;
    for (const { name } of shard) weightMap[name] = file;
    await sink.write(file, safetensorsChunks(shard));
  }
  const totalSize = tensors.reduce((sum, tensor) => sum + bytesOf(tensor), 0);
  await writeJson(sink, 'model.safetensors.index.json', { metadata: { total_size: totalSize }, weight_map: weightMap });
  return saved;
}

/** Most names to list in a message. */
const MOST_LISTED = 5;

function storedWeights(model: Module, rules: readonly WeightRule[], storing: Storing): StoredWeight[] {
  const parameters = parametersOf(model);
  const pairs = correspondences(rules, parameters.keys());
  const mapped = new Set(pairs.flatMap((pair) => pair.parameters));
  const unmapped = [...parameters.keys()].filter((path) => !mapped.has(path));
  if (unmapped.length) {
    const shown = unmapped.slice(0, MOST_LISTED).join(', ');
    throw new SequiturError({
      where: 'saving',
      expected: 'a rule for every parameter',
      got: `none for ${shown}${unmapped.length > MOST_LISTED ? `, and ${unmapped.length - MOST_LISTED} more` : ''}`,
      fix: 'What was added to the model, as LoRA does, is to be merged or removed first; saveLora saves it alone',
    });
  }
  return pairs.flatMap((pair) => {
    const sources = pair.parameters.map((path) => parameters.get(path)!);
    const quantized = quantizedWeight(pair, sources, storing);
    return quantized ? [quantized] : plainWeights(pair, sources, storing);
  });
}

function plainWeights(pair: Correspondence, sources: readonly Parameter[], storing: Storing): StoredWeight[] {
  const { dtype, signal } = storing;
  const plain = dtype === undefined || dtype === 'q8' || dtype === 'q4' ? 'F32' : dtype;
  const shapes = sources.map(({ shape }) => shape);
  const stored = storedTensors(pair, shapes);
  // Read once for all tensors that it is stored as, which are written one after another.
  let whole: Float32Array | null = null;
  return stored.map(({ name, shape }, index) => {
    const values = async () => {
      signal?.throwIfAborted();
      whole ??= pair.conversion.join(await Promise.all(sources.map((source) => source.read())), shapes);
      const size = whole.length / stored.length;
      const own = whole.subarray(index * size, (index + 1) * size);
      if (index === stored.length - 1) whole = null;
      return encodeWeights(own, plain, `saving, tensor ${name}`);
    };
    return {
      name,
      bits: null,
      isTable: isTable(sources),
      isMatrix: shape.length === 2,
      tensors: [{ name, dtype: plain, shape, values }],
    };
  });
}

function shardsOf(tensors: readonly TensorToWrite[], most: number): TensorToWrite[][] {
  const shards: TensorToWrite[][] = [[]];
  let filled = 0;
  for (const tensor of tensors) {
    const bytes = bytesOf(tensor);
    if (filled > 0 && filled + bytes > most) {
      shards.push([]);
      filled = 0;
    }
    shards.at(-1)!.push(tensor);
    filled += bytes;
  }
  return shards;
}

function pad(count: number): string {
  return String(count).padStart(5, '0');
}
