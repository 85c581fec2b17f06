import {
  aCount,
  anInteger,
  aText,
  type ConfigReader,
  linearRules,
  rule,
  stackedOf,
  transposed,
  transposedSideBySide,
  type WeightRule,
} from '@sequitur/pretrained';
import { readBalance, writeBalance } from '../expert-layers.js';
import { graniteDefaults, readGranite, writeGranite } from '../granite/hugging-face.js';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
import { MAMBA_OUTPUTS, mamba2LayerRules, readMamba2Layers, writeMamba2Layers } from '../mamba2-layers.js';
import { mixerOutputRules, readLayerKinds } from '../read-layer-kinds.js';
import { buildGraniteMoeHybrid } from './build.js';
import { type GraniteMoeHybridConfig, graniteMoeHybridPresets } from './config.js';

/** By the names of transformers 4 and 5. */
const KINDS = { mamba: false, linear_attention: false, attention: true, full_attention: true } as const;

/** Granite 4 (IBM 2025). */
export const graniteMoeHybridFamily = llamaLikeFamily<GraniteMoeHybridConfig>({
  modelType: 'granitemoehybrid',
  name: 'GraniteMoeHybrid',
  presets: graniteMoeHybridPresets,
  defaults: graniteDefaults,
  readMore: (json) => ({
    ...readGranite(json),
    ...readMamba2Layers(json, { width: graniteDefaults.width, scanHeads: 128, scanHeadSize: 64 }),
    ...readExperts(json),
    attends: readAttends(json),
    rotated: json.maybe('position_embedding_type', aText) === 'rope',
  }),
  writeMore: (config) => ({
    ...writeGranite(config),
    ...writeMamba2Layers(config),
    num_local_experts: config.experts,
    num_experts_per_tok: config.activeExperts,
    shared_intermediate_size: config.sharedWidth,
    ...writeBalance(config),
    layer_types: config.attends.map((attends) => (attends ? 'attention' : 'mamba')),
    position_embedding_type: config.rotated ? 'rope' : null,
  }),
  build: buildGraniteMoeHybrid,
  rules,
});

function readExperts(json: ConfigReader) {
  return {
    experts: json.take('num_local_experts', anInteger(0, 10_000), 8),
    activeExperts: json.take('num_experts_per_tok', anInteger(0, 10_000), 2),
    sharedWidth: json.take('shared_intermediate_size', anInteger(), 1024),
    ...readBalance(json),
  };
}

function readAttends(json: ConfigReader): readonly boolean[] {
  const depth = json.take('num_hidden_layers', aCount, graniteDefaults.depth);
  return readLayerKinds(json, 'layer_types', KINDS, depth) ?? Array.from({ length: depth }, () => false);
}

function rules({ attends, experts }: GraniteMoeHybridConfig, prefix: string): WeightRule[] {
  const [layer, path] = [`${prefix}layers.{i}`, 'blocks.{i}.feedForward'];
  const [moe, shared] = [`${layer}.block_sparse_moe`, experts > 0 ? `${path}.shared` : path];
  const both = (of: string) => ['gate', 'up'].map((part) => `${of}.${part}.weight`);
  return [
    ...mixerOutputRules(attends, prefix, MAMBA_OUTPUTS),
    ...mamba2LayerRules(`${layer}.mamba`, 'blocks.{i}.mixer'),
    rule(`${layer}.shared_mlp.input_linear.weight`, both(shared), transposedSideBySide),
    ...linearRules(`${layer}.shared_mlp.output_linear`, `${shared}.down`),
    rule(`${moe}.router.layer.weight`, `${path}.router.projection.weight`, transposed),
    rule(`${moe}.input_linear.weight`, both(`${path}.experts`), stackedOf(transposedSideBySide)),
    rule(`${moe}.output_linear.weight`, `${path}.experts.down.weight`, stackedOf(transposed)),
    ...llamaRules(prefix),
  ];
}
