import { rule, transposed, type WeightRule } from '@sequitur/pretrained';
import { linearRules, sameRules } from '../rules.js';

/** The names of a checkpoint of Llama or its kin. */
export function llamaRules(prefix: string): WeightRule[] {
  const layer = `${prefix}layers.{i}`;
  return [
    rule(`${prefix}embed_tokens.weight`, 'embedding.tokens.weight'),
    ...sameRules(`${layer}.input_layernorm`, 'blocks.{i}.mixerNorm'),
    ...linearRules(`${layer}.self_attn.q_proj`, 'blocks.{i}.mixer.query'),
    ...linearRules(`${layer}.self_attn.k_proj`, 'blocks.{i}.mixer.key'),
    ...linearRules(`${layer}.self_attn.v_proj`, 'blocks.{i}.mixer.value'),
    ...linearRules(`${layer}.self_attn.o_proj`, 'blocks.{i}.mixer.output'),
    ...sameRules(`${layer}.post_attention_layernorm`, 'blocks.{i}.feedForwardNorm'),
    ...linearRules(`${layer}.mlp.gate_proj`, 'blocks.{i}.feedForward.gate'),
    ...linearRules(`${layer}.mlp.up_proj`, 'blocks.{i}.feedForward.up'),
    ...linearRules(`${layer}.mlp.down_proj`, 'blocks.{i}.feedForward.down'),
    ...sameRules(`${prefix}norm`, 'norm'),
    rule('lm_head.weight', 'head.weight', transposed),
  ];
}

/** Rotary frequencies, which older checkpoints store. */
export function llamaIgnoredTensors(prefix: string): string[] {
  return [`${prefix}layers.{i}.self_attn.rotary_emb.inv_freq`, `${prefix}rotary_emb.inv_freq`];
}
