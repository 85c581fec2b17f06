import { checkOptions, type Module, option, optionsOf, parametersOf, SequiturError } from '@sequitur/core';
import type { FileSink } from '../files/file-source.js';
import { writeJson } from '../files/json-files.js';
import { encodeWeights, type WeightDtype } from '../safetensors/dtypes.js';
import { bytesOf, safetensorsChunks, type TensorToWrite } from '../safetensors/writer.js';
import { correspondences, storedTensors, type WeightRule } from './weight-map.js';

export interface SaveOptions {
  /** Maximum size of a shard in bytes; default 5 GB, as in Python. */
  readonly maxShardBytes?: number;
  /** The dtype of the stored weights; default F32. Others round: continue training from unrounded weights. */
  readonly dtype?: WeightDtype;
  readonly signal?: AbortSignal | undefined;
}

export const saveOptions = optionsOf<SaveOptions>({
  maxShardBytes: option.optional(option.positive),
  dtype: option.optional(option.oneOf('F32', 'F16', 'BF16')),
  signal: option.optional(option.signal),
});

/**
 * Writes the parameters of a model under the names and in the layout of its checkpoints, as `model.safetensors` or as
 * shards with an index. Tied parameters are stored once.
 */
export async function saveWeights(
  model: Module,
  sink: FileSink,
  rules: readonly WeightRule[],
  options: SaveOptions = {},
): Promise<void> {
  const { maxShardBytes = 5e9, dtype = 'F32', signal } = checkOptions('saving', saveOptions, options);
  const tensors = tensorsOf(model, rules, dtype, signal);
  const shards = shardsOf(tensors, maxShardBytes);
  if (shards.length === 1) {
    await sink.write('model.safetensors', safetensorsChunks(tensors));
    return;
  }
  const weightMap: Record<string, string> = {};
  for (const [index, shard] of shards.entries()) {
    const file = `model-${pad(index + 1)}-of-${pad(shards.length)}.safetensors`;
    for (const { name } of shard) weightMap[name] = file;
    await sink.write(file, safetensorsChunks(shard));
  }
  const totalSize = tensors.reduce((sum, tensor) => sum + bytesOf(tensor), 0);
  await writeJson(sink, 'model.safetensors.index.json', { metadata: { total_size: totalSize }, weight_map: weightMap });
}

/** More of them say no more. */
const MOST_LISTED = 5;

function tensorsOf(
  model: Module,
  rules: readonly WeightRule[],
  dtype: WeightDtype,
  signal: AbortSignal | undefined,
): TensorToWrite[] {
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
    const shapes = sources.map(({ shape }) => shape);
    const stored = storedTensors(pair, shapes);
    // Read once for all tensors that it is stored as, which are written one after the other.
    let whole: Float32Array | null = null;
    return stored.map(({ name, shape }, index) => ({
      name,
      dtype,
      shape,
      values: async () => {
        signal?.throwIfAborted();
        whole ??= pair.conversion.join(await Promise.all(sources.map((source) => source.read())), shapes);
        const size = whole.length / stored.length;
        const own = whole.subarray(index * size, (index + 1) * size);
        if (index === stored.length - 1) whole = null;
        return encodeWeights(own, dtype, `saving, tensor ${name}`);
      },
    }));
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
