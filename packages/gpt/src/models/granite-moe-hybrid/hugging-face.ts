import {
  anInteger,
  aText,
  attribute,
  linearRules,
  rule,
  stackedOf,
  transposed,
  transposedSideBySide,
} from '@sequitur/pretrained';
import { balance } from '../expert-layers.js';
import { graniteAttributes, graniteDefaults } from '../granite/hugging-face.js';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { MAMBA_OUTPUTS, mamba2LayerRules, mamba2Layers } from '../mamba2-layers.js';
import { mixerOutputRules, readLayerKinds } from '../read-layer-kinds.js';
import { buildGraniteMoeHybrid } from './build.js';
import { type GraniteMoeHybridConfig, graniteMoeHybridPresets } from './config.js';

/** Kinds of layers, by the names of transformers 4 and 5. */
const KINDS = { mamba: false, linear_attention: false, attention: true, full_attention: true } as const;

/** Number of experts; 0: a model without experts. */
const someOrNone = anInteger(0, 10_000);

/** Granite 4 (IBM 2025). */
export const graniteMoeHybridFamily = llamaLikeFamily<GraniteMoeHybridConfig>({
  modelType: 'granitemoehybrid',
  name: 'GraniteMoeHybrid',
  presets: graniteMoeHybridPresets,
  defaults: graniteDefaults,
  attributes: [
    graniteAttributes,
    mamba2Layers({ scanHeads: 128, scanHeadSize: 64 }),
    {
      experts: attribute.of('num_local_experts', someOrNone, 8),
      activeExperts: attribute.of('num_experts_per_tok', someOrNone, 2),
      sharedWidth: attribute.integer('shared_intermediate_size', 1024),
    },
    balance(),
    {
      attends: {
        read: (json, { depth }) =>
          readLayerKinds(json, 'layer_types', KINDS, depth) ?? Array.from({ length: depth }, () => false),
        write: (attends = []) => ({ layer_types: attends.map((is) => (is ? 'attention' : 'mamba')) }),
      },
      rotated: {
        read: (json) => json.maybe('position_embedding_type', aText) === 'rope',
        write: (rotated) => ({ position_embedding_type: rotated ? 'rope' : null }),
      },
    },
  ],
  rules: ({ attends, experts }, layer, block) => {
    const path = `${block}.feedForward`;
    const [moe, shared] = [`${layer}.block_sparse_moe`, experts > 0 ? `${path}.shared` : path];
    const both = (of: string) => ['gate', 'up'].map((part) => `${of}.${part}.weight`);
    return [
      ...mixerOutputRules(attends, layer, MAMBA_OUTPUTS),
      ...mamba2LayerRules(`${layer}.mamba`, `${block}.mixer`),
      rule(`${layer}.shared_mlp.input_linear.weight`, both(shared), transposedSideBySide),
      ...linearRules(`${layer}.shared_mlp.output_linear`, `${shared}.down`),
      rule(`${moe}.router.layer.weight`, `${path}.router.projection.weight`, transposed),
      rule(`${moe}.input_linear.weight`, both(`${path}.experts`), stackedOf(transposedSideBySide)),
      rule(`${moe}.output_linear.weight`, `${path}.experts.down.weight`, stackedOf(transposed)),
    ];
  },
  build: buildGraniteMoeHybrid,
});
