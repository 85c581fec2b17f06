import { affineRules, projections, rule, transposedSideBySide, type WeightRule } from '@sequitur/pretrained';

/** One tensor for the gate and the other factor of a gated feed-forward, the gate first (GLM-4, Phi-3). */
export function fusedGateRules(prefix: string): WeightRule[] {
  const parts = ['gate', 'up'].map((name) => `blocks.{i}.feedForward.${name}.weight`);
  return [rule(`${prefix}layers.{i}.mlp.gate_up_proj.weight`, parts, transposedSideBySide)];
}

/** One Linear for query, key and value, concatenated (Phi-3). */
export function fusedProjectionRules(prefix: string): WeightRule[] {
  return affineRules(`${prefix}layers.{i}.self_attn.qkv_proj`, projections('blocks.{i}.mixer'), transposedSideBySide);
}
