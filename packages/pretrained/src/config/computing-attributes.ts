import type { Json } from '@sequitur/core';

/** An attribute of `config.json` that changes what a model computes. */
export interface ComputingAttribute {
  /** Values that change nothing, in addition to null, false and empty ones. */
  readonly neutral: readonly Json[];
  /** The fix of the error: the feature to be built, or an alternative. */
  readonly fix: string;
}

type Names = Readonly<Record<string, readonly Json[]>>;

/** Attributes of one kind. */
function kind(needs: string, names: Names): [string, ComputingAttribute][] {
  const fix = `${needs} would have to be built`;
  return Object.entries(names).map(([name, neutral]) => [name, { neutral, fix }]);
}

function instead(fix: string, names: Names): [string, ComputingAttribute][] {
  return Object.entries(names).map(([name, neutral]) => [name, { neutral, fix }]);
}

/** Attributes that change the computation: a family that does not read one of them refuses it by name. */
export const computingAttributes: ReadonlyMap<string, ComputingAttribute> = new Map([
  ...kind('Attention to other tokens', {
    add_cross_attention: [],
    attention_chunk_size: [],
    attention_type: ['original_full'],
    attention_types: [],
    attention_window: [],
    is_decoder: [],
    is_encoder_decoder: [],
    layer_types: ['full_attention'],
    local_attention: [],
    local_attn_type: [],
    same_length: [],
    sliding_window: [],
    sliding_window_pattern: [1],
    use_bidirectional_attention: [],
    use_sliding_window: [],
    window_size: [],
  }),
  ...kind('Another encoding of positions', {
    alibi: [],
    embedding_position: [],
    learned_pos_embds: [],
    mrope_interleaved: [],
    mrope_section: [],
    no_rope_layer_interval: [0],
    no_rope_layers: [],
    partial_rotary_factor: [1],
    position_biased_input: [],
    position_embedding_type: ['absolute'],
    relative_attention: [],
    relative_attention_max_distance: [],
    relative_attention_num_buckets: [],
    rope_interleave: [],
    rope_interleaved: [],
    rope_local_base_freq: [],
    rope_parameters: [],
    rope_pct: [1],
    rope_ratio: [1],
    rope_scaling: [],
    rope_theta: [],
    rotary: [],
    rotary_dim: [],
    rotary_emb_base: [],
    rotary_emb_fraction: [],
    rotary_pct: [],
    use_alibi: [],
    use_dynamic_ntk: [],
    use_mrope: [],
  }),
  ...kind('Another scale of scores, states or logits', {
    attention_multiplier: [1],
    attn_logit_softcapping: [],
    attn_scale: [1],
    clip_qkv: [],
    dim_model_base: [],
    embedding_multiplier: [1],
    final_logit_softcapping: [],
    logit_scale: [1],
    logits_scaling: [1],
    query_pre_attn_scalar: [],
    residual_multiplier: [1],
    scale_attn_by_inverse_layer_idx: [],
    scale_attn_weights: [true],
    scale_decoder_outputs: [],
    scale_depth: [],
    scale_emb: [1],
    scale_embedding: [],
    softcap: [],
    use_logn_attn: [],
    use_mup: [],
  }),
  ...kind('Another arrangement of projections and norms', {
    apply_residual_connection_post_layernorm: [],
    attention_bias: [],
    attention_out_bias: [],
    do_layer_norm_before: [true],
    embedding_norm: [],
    ffn_config: [],
    kv_lora_rank: [],
    mlp_bias: [],
    multi_query: [],
    new_decoder_architecture: [],
    norm_after: [],
    num_kv_heads: [],
    parallel_attn: [],
    q_lora_rank: [],
    qk_layernorm: [],
    qk_norm: [],
    qkv_bias: [],
    use_parallel_residual: [],
    use_post_attention_norm: [],
    use_qk_norm: [],
    word_embed_proj_dim: [],
  }),
  ...kind('Another feed-forward layer, experts or mixers of another kind', {
    attn_layer_idx: [],
    attn_layer_indices: [],
    attn_layer_period: [],
    block_types: [],
    d_intermediate: [0],
    enable_moe_block: [],
    feed_forward_proj: ['relu'],
    hybrid_override_pattern: [],
    is_moe: [],
    mamba_d_state: [],
    mlp_only_layers: [],
    moe_config: [],
    moe_intermediate_size: [],
    moe_layers: [],
    n_routed_experts: [0],
    num_experts: [0, 1],
    num_experts_per_tok: [0, 1],
    num_experts_per_token: [0, 1],
    num_local_experts: [0, 1],
    num_nextn_predict_layers: [0],
    num_shared_experts: [0],
    shared_expert_intermediate_size: [0],
    text_config: [],
    use_moe: [],
    vision_config: [],
  }),
  ...kind('Pruning of heads', { pruned_heads: [] }),
  ...kind('An encoder and a decoder that share their layers', { tie_encoder_decoder: [] }),
  ...instead('The weights are stored quantised: take the original, unquantised checkpoint', {
    compression_config: [],
    quantization: [],
    quantization_config: [],
    quantize_config: [],
    use_cache_quantization: [],
  }),
]);

/** Attributes of `adapter_config.json` of the library PEFT. */
const peftAttributes: ReadonlyMap<string, ComputingAttribute> = new Map([
  ...instead('Merge the adapter into its model in Python with merge_and_unload()', {
    bdlora_config: [],
    kasa_config: [],
    layer_replication: [],
    lora_bias: [],
    modules_to_save: [],
    monteclora_config: [],
    rank_pattern: [],
    alpha_pattern: [],
    target_parameters: [],
    trainable_token_indices: [],
    use_bdlora: [],
    use_dora: [],
    use_qalora: [],
    velora_config: [],
  }),
  ...kind('Adapters that wait for certain tokens', { alora_invocation_tokens: [], invocation_string: [] }),
  ...kind('A choice among several adapters', { arrow_config: [] }),
  ...kind('Adapters of some parts of a fused projection', { enable_lora: [] }),
  ...kind('Layers of the library Megatron', { megatron_config: [] }),
]);

/** An unknown technique is no note: PEFT names its techniques so. */
const aTechnique: ComputingAttribute = {
  neutral: [],
  fix: 'Merge the adapter into its model in Python with merge_and_unload(), if it is a way to compute',
};

/** The description of an attribute that changes the computation of a model of this `model_type`. */
export function computingAttribute(name: string, modelType: string): ComputingAttribute | undefined {
  if (modelType !== 'peft') return computingAttributes.get(name);
  return peftAttributes.get(name) ?? (/^use_|_config$/.test(name) ? aTechnique : undefined);
}
