import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ConfigReader,
  entryPoints,
  type Family,
  parseJson,
  readFamilyConfig,
  writeFamilyConfig,
} from '@sequitur/pretrained';
import { expect, it } from 'vitest';
import { models } from '../src/models/families.js';

const fixtures = join(import.meta.dirname, '..', 'fixtures');

type Attributes = Readonly<Record<string, unknown>>;

const families = models.flatMap((model): readonly Family[] => model.families);

/** Reads and writes a configuration; `pnpm conformance` covers the weights. */
function rewrite(json: ConfigReader): Attributes {
  const { family, config } = readFamilyConfig(json, families);
  return writeFamilyConfig(family, config);
}

it('the list of entry points names every family', () => {
  for (const { modelType } of families) expect(Object.keys(entryPoints)).toContain(modelType);
  const known = [...families.map(({ modelType }) => modelType), 'sequitur-language-model'];
  expect(Object.keys(entryPoints).filter((modelType) => !known.includes(modelType))).toEqual([]);
});

/** Attributes that are written elsewhere, or in another equivalent form. */
const elsewhere = ['architectures', 'torch_dtype', 'dtype', '_name_or_path', 'transformers_version', 'attention_types'];

/** Attributes that no model here has: parallel training, precision beyond float32, settings of other heads. */
const ignored = [
  ...['pretraining_tp', 'slow_but_exact', 'reorder_and_upcast_attn', 'classifier_dropout', 'onnx_export'],
  ...[
    'summary_last_dropout',
    'summary_activation',
    'summary_first_dropout',
    'summary_proj_to_labels',
    'summary_type',
    'summary_use_proj',
  ],
  ...['cls_token_id', 'sep_token_id', 'deterministic_flash_attn', 'initializer_cutoff_factor'],
  ...['repad_logits_with_grad', 'sparse_pred_ignore_index', 'layerdrop'],
  ...['encoder_layerdrop', 'decoder_layerdrop', 'time_step_init_scheme', 'time_step_scale', 'use_mambapy'],
  ...['rescale_prenorm_residual', 'residual_in_fp32', 'id2label', 'label2id', 'initializer_range', 'use_cache'],
  ...['time_step_rank', 'hidden_act', 'chunk_size', 'init', 'init_range', 'init_std', 'proj_init_std'],
  ...['num_logits_to_keep', 'use_mamba_kernels', 'use_falcon_mambapy'],
  ...['sample_softmax', 'ext_len', 'embd_pdrop', 'use_bidirectional_attention'],
];

/** Rules that made lists or widths which stand in the configuration too: these are written. */
const rulesOfOthers = [
  ...['_sliding_window_pattern', 'max_window_layers', 'no_rope_layer_interval'],
  ...['block_ffn_dim_multiplier', 'block_multiple_of'],
];

/** The amplitudes of YaRN and LongRoPE, which are written as explicit values. */
const inOtherWords: Readonly<Record<string, readonly string[]>> = {
  'deepseek-v3': ['qk_head_dim'],
  'deepseek-v3-yarn': ['rope_scaling', 'qk_head_dim'],
  't5-encoder': ['use_cache'],
  'umt5-encoder': ['tokenizer_class'],
  zamba2: [
    ...['attention_head_dim', 'attention_hidden_size', 'mamba_headdim', 'kv_channels', 'num_query_groups'],
    ...['hybrid_layer_ids', 'time_step_max', 'time_step_floor', 'use_mem_eff_path'],
  ],
  'falcon-h1': ['mamba_expand'], // another attribute says the width
  'llama-yarn-mscale': ['rope_scaling'],
  'phi3-longrope': ['rope_scaling'],
};

/** Whether an attribute has no effect, such as a list of layers with full attention only. */
function saysNothing(attribute: string, value: unknown): boolean {
  return attribute === 'layer_types' && (value as string[]).every((kind) => kind === 'full_attention');
}

const folders = readdirSync(fixtures).filter((name) => {
  const path = join(fixtures, name, 'config.json');
  return existsSync(path) && families.some(({ modelType }) => modelType === attributesOf(name).model_type);
});

function attributesOf(name: string): Attributes {
  return parseJson(readFileSync(join(fixtures, name, 'config.json'), 'utf8'), name) as Attributes;
}

it('finds configurations', () => expect(folders.length).toBeGreaterThan(40));

it.each(folders)('%s: its configuration is written as it was read', (name) => {
  const original = attributesOf(name);
  const found = rewrite(new ConfigReader(original, name, { strict: true }));
  for (const [attribute, value] of Object.entries(original)) {
    if (elsewhere.includes(attribute) || value === null) continue; // null is the default
    const isOptional =
      ignored.includes(attribute) || rulesOfOthers.includes(attribute) || saysNothing(attribute, value);
    if (isOptional && !(attribute in found)) continue;
    if (inOtherWords[name]?.includes(attribute)) continue;
    expect(found[attribute], attribute).toEqual(value);
  }
  expect(rewrite(new ConfigReader(found, name, { strict: true }))).toEqual(found);
});
