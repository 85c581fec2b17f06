import { linearRules, rule, sameRules, sideBySideRules, type TensorNames, type WeightRule } from '@sequitur/pretrained';

/** Tensor names of a checkpoint that differ from Llama's: theirs -> ours. */
export interface LlamaNames {
  /** The norms of a block. */
  readonly norms?: TensorNames;
  /** The projections of attention, besides Llama's. */
  readonly attention?: TensorNames;
  /** The norms of queries and keys, besides `q_norm` and `k_norm`. */
  readonly attentionNorms?: TensorNames;
  /** The linear layers of the feed-forward, besides Llama's. */
  readonly feedForward?: TensorNames;
  /** The name of the last norm. */
  readonly norm?: string;
  /** One Linear for query, key and value, concatenated: `qkv_proj`. */
  readonly fusedProjections?: boolean;
  /** One Linear for the gate and the other factor of the feed-forward, the gate first: `gate_up_proj`. */
  readonly fusedGate?: boolean;
}

/** The linear layers of a gated feed-forward: theirs -> ours. */
export const gatedNames = { gate_proj: 'gate', up_proj: 'up', down_proj: 'down' } as const;

/** Weight rules of a model built like Llama; other names come first, since a parameter's first rule counts. */
export function llamaRules(prefix: string, names: LlamaNames = {}): WeightRule[] {
  const [layer, block] = [`${prefix}layers.{i}`, 'blocks.{i}'];
  const { norms = { input_layernorm: 'mixerNorm', post_attention_layernorm: 'feedForwardNorm' } } = names;
  return [
    rule(`${prefix}embed_tokens.weight`, 'embedding.tokens.weight'),
    ...sameRules(layer, block, norms),
    ...(names.fusedProjections ? fused(`${layer}.self_attn.qkv_proj`, `${block}.mixer`, PROJECTIONS) : []),
    ...linearRules(`${layer}.self_attn`, `${block}.mixer`, {
      ...names.attention,
      ...{ q_proj: 'query', k_proj: 'key', v_proj: 'value', o_proj: 'output' },
    }),
    ...sameRules(`${layer}.self_attn`, `${block}.mixer`, {
      ...names.attentionNorms,
      ...{ q_norm: 'queryNorm', k_norm: 'keyNorm' },
    }),
    ...(names.fusedGate ? fused(`${layer}.mlp.gate_up_proj`, `${block}.feedForward`, ['gate', 'up']) : []),
    ...linearRules(`${layer}.mlp`, `${block}.feedForward`, { ...names.feedForward, ...gatedNames }),
    ...sameRules(`${prefix}${names.norm ?? 'norm'}`, 'norm'),
  ];
}

const PROJECTIONS = ['query', 'key', 'value'];

function fused(checkpoint: string, path: string, parts: readonly string[]): WeightRule[] {
  return sideBySideRules(
    checkpoint,
    parts.map((part) => `${path}.${part}`),
  );
}
