import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { families as encoders, familyOfConfig } from '@sequitur/bert';
import { gptFamilies, readGptConfig } from '@sequitur/gpt';
import { readMamba2Config, readMambaConfig, writeMamba2Config, writeMambaConfig } from '@sequitur/mamba';
import { ConfigReader, parseJson } from '@sequitur/pretrained';
import { sequenceToSequenceFamilies } from '@sequitur/transformer';
import { expect, it } from 'vitest';

const fixtures = join(import.meta.dirname, '..', 'fixtures');

type Attributes = Readonly<Record<string, unknown>>;

/** Reads a configuration and writes it again, by `model_type`; the rest is covered by `pnpm conformance`. */
const rewritten: Readonly<Record<string, (json: ConfigReader) => Attributes>> = {
  mamba: (json) => writeMambaConfig(readMambaConfig(json)),
  mamba2: (json) => writeMamba2Config(readMamba2Config(json)),
  ...byType(gptFamilies, (json) => {
    const { family, config } = readGptConfig(json);
    return family.writeConfig(config);
  }),
  ...byType(encoders, (json) => {
    const { family, config } = familyOfConfig(json, encoders);
    return family.writeConfig(config);
  }),
  ...Object.fromEntries(
    sequenceToSequenceFamilies.map((family) => [
      family.modelType,
      (json: ConfigReader) => family.writeConfig(family.readConfig(json)),
    ]),
  ),
};

function byType(families: readonly { readonly modelType: string }[], rewrite: (json: ConfigReader) => Attributes) {
  return Object.fromEntries(families.map(({ modelType }) => [modelType, rewrite]));
}

/** Written beside the configuration, or said in another way that means the same. */
const elsewhere = ['architectures', 'torch_dtype', '_name_or_path', 'transformers_version', 'attention_types'];

/** What no model of ours has: parallel training, exactness beyond float32, settings of other heads. */
const ignored = [
  ...['pretraining_tp', 'slow_but_exact', 'reorder_and_upcast_attn', 'classifier_dropout', 'onnx_export'],
  ...['summary_activation', 'summary_first_dropout', 'summary_proj_to_labels', 'summary_type', 'summary_use_proj'],
  ...['encoder_layerdrop', 'decoder_layerdrop', 'time_step_init_scheme', 'time_step_scale', 'use_mambapy'],
  ...['rescale_prenorm_residual', 'residual_in_fp32', 'id2label', 'label2id', 'initializer_range', 'use_cache'],
  ...['time_step_rank', 'hidden_act', 'chunk_size'],
];

const folders = readdirSync(fixtures).filter((name) => {
  const path = join(fixtures, name, 'config.json');
  return existsSync(path) && Object.hasOwn(rewritten, String(attributesOf(name).model_type));
});

function attributesOf(name: string): Attributes {
  return parseJson(readFileSync(join(fixtures, name, 'config.json'), 'utf8'), name) as Attributes;
}

it('finds configurations', () => expect(folders.length).toBeGreaterThan(40));

it.each(folders)('%s: its configuration is written as it was read', (name) => {
  const original = attributesOf(name);
  const rewrite = rewritten[String(original.model_type)]!;
  const found = rewrite(new ConfigReader(original, name));
  for (const [attribute, value] of Object.entries(original)) {
    if (elsewhere.includes(attribute) || value === null) continue; // null is the default
    if (ignored.includes(attribute) && !(attribute in found)) continue;
    expect(found[attribute], attribute).toEqual(value);
  }
  expect(rewrite(new ConfigReader(found, name))).toEqual(found);
});
