import { narrowHalf, Random } from '@sequitur/core';
import { type FileSink, folderSink, safetensorsChunks, type TensorToWrite, writeJson } from '@sequitur/pretrained';

/** Sizes of a Llama whose weights are random. */
export interface RandomLlama {
  readonly vocabularySize: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly hiddenWidth: number;
}

/** The shape of TinyLlama: 1.1 billion parameters. */
export const LARGE: RandomLlama = {
  ...{ vocabularySize: 32_000, width: 2048, depth: 22, heads: 32, keyHeads: 4, hiddenWidth: 5632 },
};

/** Layers of a shard. */
const TOGETHER = 4;

/** Writes a checkpoint with random weights in bfloat16, in shards, with one tensor in memory at a time. */
export async function writeRandomLlama(folder: string, sizes: RandomLlama): Promise<void> {
  const sink = folderSink(folder);
  const shards = shardsOf(sizes);
  const weightMap: Record<string, string> = {};
  for (const [index, tensors] of shards.entries()) {
    const name = `model-${pad(index + 1)}-of-${pad(shards.length)}.safetensors`;
    for (const tensor of tensors) weightMap[tensor.name] = name;
    await sink.write(name, safetensorsChunks(tensors));
  }
  const totalSize = shards.flat().reduce((sum, { shape }) => sum + 2 * shape.reduce((a, b) => a * b, 1), 0);
  await writeJson(sink, 'model.safetensors.index.json', { metadata: { total_size: totalSize }, weight_map: weightMap });
  await writeConfig(sink, sizes);
}

function writeConfig(sink: FileSink, sizes: RandomLlama): Promise<void> {
  return writeJson(sink, 'config.json', {
    ...{ architectures: ['LlamaForCausalLM'], model_type: 'llama', hidden_act: 'silu', rms_norm_eps: 1e-5 },
    ...{ vocab_size: sizes.vocabularySize, hidden_size: sizes.width, intermediate_size: sizes.hiddenWidth },
    ...{ num_hidden_layers: sizes.depth, num_attention_heads: sizes.heads, num_key_value_heads: sizes.keyHeads },
    ...{ max_position_embeddings: 2048, rope_theta: 10000, tie_word_embeddings: false, torch_dtype: 'bfloat16' },
  });
}

function shardsOf({ vocabularySize, width, depth, heads, keyHeads, hiddenWidth }: RandomLlama): TensorToWrite[][] {
  const keys = (width / heads) * keyHeads;
  const layer = (index: number) => {
    const [attention, hidden] = [`model.layers.${index}.self_attn`, `model.layers.${index}.mlp`];
    return [
      ...[matrix(`${attention}.q_proj`, width, width), matrix(`${attention}.k_proj`, keys, width)],
      ...[matrix(`${attention}.v_proj`, keys, width), matrix(`${attention}.o_proj`, width, width)],
      ...[matrix(`${hidden}.gate_proj`, hiddenWidth, width), matrix(`${hidden}.up_proj`, hiddenWidth, width)],
      ...[matrix(`${hidden}.down_proj`, width, hiddenWidth), norm(`model.layers.${index}.input_layernorm`, width)],
      norm(`model.layers.${index}.post_attention_layernorm`, width),
    ];
  };
  const groups = Array.from({ length: Math.ceil(depth / TOGETHER) }, (_, group) =>
    Array.from({ length: Math.min(TOGETHER, depth - group * TOGETHER) }, (_, i) => layer(group * TOGETHER + i)).flat(),
  );
  const ends = [matrix('model.embed_tokens', vocabularySize, width), norm('model.norm', width)];
  return [...groups, [...ends, matrix('lm_head', vocabularySize, width)]];
}

function matrix(module: string, rows: number, columns: number): TensorToWrite {
  const scale = Math.sqrt(3 / columns);
  return tensorOf(`${module}.weight`, [rows, columns], (random) => (2 * random.uniform() - 1) * scale);
}

function norm(module: string, width: number): TensorToWrite {
  return tensorOf(`${module}.weight`, [width], () => 1);
}

function tensorOf(name: string, shape: readonly number[], draw: (random: Random) => number): TensorToWrite {
  const values = async () => {
    const random = Random.fromSeed(name);
    const drawn = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => draw(random));
    return narrowHalf(drawn, 'bfloat16', name);
  };
  return { name, dtype: 'BF16', shape, values };
}

function pad(count: number): string {
  return String(count).padStart(5, '0');
}
