/** Attributes of `config.json` that Python reads as floats: a whole number without decimal point is refused there. */
export const floatAttributes: ReadonlySet<string> = new Set([
  ...['attn_logit_softcapping', 'decoder_layerdrop', 'encoder_layerdrop', 'final_logit_softcapping', 'init_std'],
  ...['initializer_factor', 'initializer_range', 'layer_norm_eps', 'layer_norm_epsilon', 'logit_scale', 'norm_eps'],
  ...['norm_epsilon', 'rms_norm_eps', 'router_aux_loss_coef', 'router_jitter_noise', 'time_step_floor'],
  ...['time_step_limit', 'time_step_max', 'time_step_min', 'time_step_scale'],
  // Multipliers of Granite.
  ...['attention_multiplier', 'embedding_multiplier', 'logits_scaling', 'residual_multiplier'],
  // Of rotary encodings and their scaling.
  ...['attention_factor', 'beta_fast', 'beta_slow', 'factor', 'high_freq_factor', 'long_factor', 'low_freq_factor'],
  ...['mscale', 'mscale_all_dim', 'partial_rotary_factor', 'rope_local_base_freq', 'rope_theta', 'rotary_pct'],
  'short_factor',
]);
