import { type AttributePart, anInteger, attribute } from '@sequitur/pretrained';
import { balance } from '../expert-layers.js';
import type { QwenExpertConfig } from './config.js';

type ExpertDefaults = Required<Pick<QwenExpertConfig, 'experts' | 'activeExperts' | 'expertWidth'>>;

/** The attributes of the experts of a Qwen. */
export function qwenExperts(defaults: ExpertDefaults): AttributePart<QwenExpertConfig>[] {
  return [
    attribute.fixed({ use_sliding_window: false }),
    {
      experts: attribute.count('num_experts', defaults.experts),
      activeExperts: attribute.count('num_experts_per_tok', defaults.activeExperts),
      expertWidth: attribute.integer('moe_intermediate_size', defaults.expertWidth),
      sparse: {
        read: (json, { depth }) => {
          const step = json.take('decoder_sparse_step', anInteger(), 1);
          const dense = json.maybe('mlp_only_layers', layers) ?? [];
          return Array.from({ length: depth }, (_, layer) => !dense.includes(layer) && (layer + 1) % step === 0);
        },
        write: (sparse = []) => ({
          decoder_sparse_step: 1,
          mlp_only_layers: sparse.flatMap((isSparse, layer) => (isSparse ? [] : [layer])),
        }),
      },
      normalised: attribute.flag('norm_topk_prob', false),
    },
    balance(),
  ];
}

const layers = (value: unknown, where: string) => (value as number[]).map((layer) => anInteger(0)(layer, where));
