/**
 * The only list of attributes of `config.json` that do not change a model: bookkeeping, settings of training, of
 * generation and of other heads, and numerics that change no result.
 */

/** Attributes that are inert in every family. */
const everywhere = [
  // Bookkeeping.
  ...['_name_or_path', '_num_labels', 'adapters', 'architectures', 'auto_map', 'dtype', 'finetuning_task', 'language'],
  ...['model_name', 'model_type', 'name', 'note', 'onnx_export', 'prefix', 'save_step', 'task_specific_params'],
  ...[
    '_commit_hash',
    'cache_implementation',
    'base_model_name',
    'export_model_type',
    'is_llama_config',
    'model_max_length',
    'n_special',
  ],
  ...[
    'transformers.js_config',
    'unsloth_fixed',
    'unsloth_version',
    'vocab_file',
    'bos_token',
    'eos_token',
    'pad_token',
  ],
  ...['is_composition', 'sub_configs', 'custom_pipelines', 'eos_token_ids', 'seed', 'trust_remote_code'],
  ...['keys_to_ignore_at_inference', 'tokenizer_class', 'torch_dtype', 'transformers_version'],
  // How Python computes and what it returns.
  ...['_attn_implementation', '_attn_implementation_autoset', '_experts_implementation', 'attn_implementation'],
  ...['_flash_attn_2_enabled', '_use_flash_attention_2', 'use_flash_attn', 'flash_attn', 'use_flash_attention'],
  ...['fused_bias_fc', 'fused_dropout_add_ln', 'fused_mlp', 'sequence_parallel', 'tensor_parallel_size'],
  ...['chunk_size_feed_forward', 'gradient_checkpointing', 'output_attentions', 'output_hidden_states', 'output_past'],
  ...[
    'output_router_logits',
    'output_scores',
    'pretraining_tp',
    'reorder_and_upcast_attn',
    'residual_in_fp32',
    'return_dict',
  ],
  ...['return_dict_in_generate', 'slow_but_exact', 'tf_legacy_loss', 'torchscript', 'use_bfloat16', 'use_cache'],
  // First values and training.
  ...['classif_dropout', 'classifier_dropout', 'embd_pdrop', 'init_std', 'initializer_range', 'layerdrop'],
  ...['encoder_layerdrop', 'decoder_layerdrop', 'rescale_prenorm_residual', 'resid_pdrop', 'router_aux_loss_coef'],
  // Labels and tokens that only tokenizers and heads know.
  ...['cls_token_id', 'id2label', 'label2id', 'mask_token_id', 'num_labels', 'problem_type', 'sep_token_id'],
  ...['unk_token_id', 'decoder_start_token_id'],
  // Generation.
  ...['bad_words_ids', 'begin_suppress_tokens', 'diversity_penalty', 'do_sample', 'early_stopping'],
  ...['encoder_no_repeat_ngram_size', 'exponential_decay_length_penalty', 'forced_bos_token_id'],
  ...['forced_eos_token_id', 'length_penalty', 'max_length', 'max_new_tokens', 'min_length', 'min_new_tokens'],
  ...['no_repeat_ngram_size', 'num_beam_groups', 'num_beams', 'num_return_sequences', 'remove_invalid_values'],
  ...['repetition_penalty', 'suppress_tokens', 'temperature', 'top_k', 'top_p', 'typical_p'],
  // Of what no family here has.
  ...['cross_attention_hidden_size', 'tie_weights_', 'n_ctx', 'summary_activation', 'summary_first_dropout'],
  ...['summary_proj_to_labels', 'summary_type', 'summary_use_proj', 'predict_special_tokens'],
];

const encoders = [
  ...['classifier', 'directionality', 'embedding_size', 'pooler_fc_size', 'pooler_num_attention_heads'],
  ...['pooler_num_fc_layers', 'pooler_size_per_head', 'pooler_type'],
];

/** Attributes of old configs that repeat constants of the class. */
const bartLike = [
  ...['add_bias_logits', 'add_final_layer_norm', 'do_blenderbot_90_layernorm', 'encoder_attention_type'],
  ...['extra_pos_embeddings', 'force_bos_token_to_be_generated', 'layernorm_variant', 'max_target_positions'],
  ...['n_positions', 'normalize_before', 'normalize_embedding', 'num_hidden_layers', 'static_position_embeddings'],
];

/** Attributes that the original repositories leave in converted files. */
const stateSpace = [
  'd_inner',
  'd_model',
  'n_layer',
  'ssm_cfg',
  'fused_add_norm',
  'pad_vocab_size_multiple',
  'attn_cfg',
];

/** Attributes that are inert in one family, though another may compute with them. */
const byModelType: Readonly<Record<string, readonly string[]>> = {
  bert: encoders,
  roberta: encoders,
  distilbert: encoders,
  'xlm-roberta': encoders,
  modernbert: [
    ...['deterministic_flash_attn', 'initializer_cutoff_factor', 'layer_norm_eps', 'reference_compile'],
    ...['repad_logits_with_grad', 'sparse_pred_ignore_index'],
  ],
  electra: ['summary_last_dropout'],
  albert: ['down_scale_factor', 'gap_size', 'net_structure_type', 'num_memory_blocks'],
  longformer: [...encoders, 'attention_dilation', 'attention_mode', 'ignore_attention_mask'],
  big_bird: encoders,
  bloom: [
    ...['attention_softmax_in_fp32', 'bias_dropout_fusion', 'hidden_dropout_prob', 'masked_softmax_fusion', 'n_inner'],
    ...['n_positions', 'offset_alibi', 'seq_length', 'skip_bias_add', 'skip_bias_add_qkv'],
  ],
  gpt_neo: ['attention_layers', 'n_positions'],
  gptj: ['rotary'],
  gpt_neox: ['n_positions'],
  // What the class does not read, or reads under another name.
  qwen2_moe: ['sliding_window', 'max_window_layers'],
  qwen3_moe: ['sliding_window', 'max_window_layers'],
  gpt_oss: ['experts_per_token', 'initial_context_length'],
  deepseek_v2: ['aux_loss_alpha', 'ep_size', 'qk_head_dim', 'seq_aux'],
  deepseek_v3: ['ep_size', 'qk_head_dim'],
  // What follows from other attributes, and what only the kernels of a GPU read.
  zamba2: [
    ...['attention_head_dim', 'attention_hidden_size', 'mamba_headdim', 'kv_channels', 'num_query_groups'],
    ...['hybrid_layer_ids', 'time_step_max', 'time_step_floor', 'use_mem_eff_path', 'use_mamba_kernels'],
    'num_logits_to_keep',
  ],
  bart: bartLike,
  marian: bartLike,
  mbart: bartLike,
  m2m_100: bartLike,
  blenderbot: bartLike,
  pegasus: bartLike,
  t5: ['n_positions'],
  umt5: ['n_positions'],
  mt5: ['n_positions'],
  mamba: [...stateSpace, 'rms_norm', 'time_step_init_scheme', 'time_step_scale', 'use_associative_scan', 'use_mambapy'],
  falcon_mamba: [
    ...stateSpace,
    ...[
      'rms_norm',
      'time_step_init_scheme',
      'time_step_scale',
      'use_associative_scan',
      'use_falcon_mambapy',
      'use_mambapy',
    ],
  ],
  jamba: ['num_logits_to_keep', 'use_associative_scan', 'use_mamba_kernels', 'use_mambapy'],
  bamba: ['num_logits_to_keep'],
  falcon_h1: ['num_logits_to_keep'],
  // Its class reads neither the rank nor the width: the first is unused, the second follows from the heads.
  mamba2: [...stateSpace, 'intermediate_size', 'rms_norm', 'time_step_rank'],
  'transfo-xl': [
    ...['adaptive', 'eval_batch_size', 'ext_len', 'init', 'init_range', 'proj_init_std', 'proj_share_all_but_first'],
    ...['sample_softmax', 'tgt_len', 'tie_weight'],
  ],
  // `adapter_config.json` of the library PEFT, which has no model type.
  peft: [
    ...[
      'auto_mapping',
      'base_model_name_or_path',
      'corda_config',
      'ensure_weight_tying',
      'eva_config',
      'fan_in_fan_out',
    ],
    ...['inference_mode', 'loftq_config', 'lora_ga_config', 'megatron_core', 'merge_weights', 'peft_version'],
    ...['qalora_group_size', 'revision', 'runtime_config', 'task_type'],
  ],
  'lm-rmt': ['adapt_inp', 'ext_len', 'sample_softmax'],
};

/** Whether the attribute does not change a model of this `model_type`. */
export function isInert(name: string, modelType: string): boolean {
  if (everywhere.includes(name)) return true;
  return Object.hasOwn(byModelType, modelType) && byModelType[modelType]!.includes(name);
}
