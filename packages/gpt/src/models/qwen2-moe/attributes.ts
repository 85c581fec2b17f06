import { aBoolean, aCount, anInteger, anything, type ConfigReader, only } from '@sequitur/pretrained';
import { readBalance, writeBalance } from '../expert-layers.js';
import type { QwenExpertConfig } from './config.js';

interface ExpertDefaults {
  readonly depth: number;
  readonly experts: number;
  readonly activeExperts: number;
  readonly expertWidth: number;
}

/** Reads the experts of a Qwen. */
export function readQwenExperts(json: ConfigReader, defaults: ExpertDefaults): QwenExpertConfig {
  json.take('use_sliding_window', only(false), false);
  for (const unused of ['sliding_window', 'max_window_layers']) json.maybe(unused, anything);
  const depth = json.take('num_hidden_layers', aCount, defaults.depth);
  const experts = json.take('num_experts', aCount, defaults.experts);
  const step = json.take('decoder_sparse_step', anInteger(), 1);
  const dense = json.maybe('mlp_only_layers', (value, where) => (value as number[]).map((i) => anInteger(0)(i, where)));
  const isSparse = (layer: number) => !(dense ?? []).includes(layer) && (layer + 1) % step === 0;
  return {
    experts,
    activeExperts: json.take('num_experts_per_tok', aCount, defaults.activeExperts),
    expertWidth: json.take('moe_intermediate_size', anInteger(), defaults.expertWidth),
    sparse: Array.from({ length: depth }, (_, layer) => isSparse(layer)),
    normalised: json.take('norm_topk_prob', aBoolean, false),
    ...readBalance(json),
  };
}

/** What `readQwenExperts` reads, as config.json spells it. */
export function writeQwenExperts(config: QwenExpertConfig): Record<string, unknown> {
  return {
    use_sliding_window: false,
    num_experts: config.experts,
    num_experts_per_tok: config.activeExperts,
    moe_intermediate_size: config.expertWidth,
    decoder_sparse_step: 1,
    mlp_only_layers: (config.sparse ?? []).flatMap((sparse, layer) => (sparse ? [] : [layer])),
    norm_topk_prob: config.normalised ?? false,
    ...writeBalance(config),
  };
}
