import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bert } from '@sequitur/bert';
import { openBackend } from '@sequitur/core';
import { Gpt, llamaFamily } from '@sequitur/gpt';
import { weightRules } from '@sequitur/pretrained';
import { loadLora, peftLora, saveLora } from '@sequitur/transformer';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const CONFIG = { vocabularySize: 12, contextLength: 16, width: 8, depth: 2, heads: 2, hiddenWidth: 16 };
const NESTED = '['.repeat(5000) + ']'.repeat(5000);
const within = (name: string) => `{"${name}": ${NESTED}}`;

/** What is wrong with a folder: a file and its content, or how it is spoilt. */
const damages: readonly (readonly [file: string, change: string | ((bytes: Buffer) => Buffer | string)])[] = [
  ['config.json', '{"model_type": "llama", '],
  ['config.json', NESTED],
  ['config.json', within('rope_scaling')],
  ['config.json', (bytes) => JSON.stringify({ ...JSON.parse(String(bytes)), rope_scaling: { type: 'x'.repeat(1e6) } })],
  ['config.json', (bytes) => JSON.stringify({ ...JSON.parse(String(bytes)), num_experts: 'y'.repeat(1e6) })],
  ['config.json', (bytes) => JSON.stringify({ ...JSON.parse(String(bytes)), model_type: 'z'.repeat(1e6) })],
  ['config.json', (bytes) => JSON.stringify({ ...JSON.parse(String(bytes)), architectures: ['q'.repeat(1e6)] })],
  ['config.json', (bytes) => JSON.stringify({ ...JSON.parse(String(bytes)), vocab_size: 13 })],
  ['config.json', (bytes) => JSON.stringify({ ...JSON.parse(String(bytes)), num_hidden_layers: 9999 })],
  ['generation_config.json', NESTED],
  ['generation_config.json', within('bad_words_ids')],
  ['generation_config.json', '[]'],
  ['model.safetensors.index.json', NESTED],
  ['model.safetensors.index.json', within('weight_map')],
  ['model.safetensors.index.json', `{"weight_map": {"${'n'.repeat(1e5)}": 5}}`],
  [
    'model.safetensors.index.json',
    '{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "none.safetensors"}}',
  ],
  ['model-00001-of-00002.safetensors', (bytes) => bytes.subarray(0, bytes.length - 3)],
  ['model-00002-of-00002.safetensors', 'nothing'],
  ['model-00002-of-00002.safetensors', (bytes) => bytes.fill(0x5b, 8, 60)],
  ['tokenizer.json', NESTED],
  ['tokenizer.json', within('model')],
  ['tokenizer_config.json', NESTED],
  ['special_tokens_map.json', within('bos_token')],
  ['added_tokens.json', NESTED],
];

const opened = () => readdirSync('/proc/self/fd').length;

describe.skipIf(!existsSync('/proc/self/fd'))('a load that fails', () => {
  let folder: string;
  beforeEach(async () => {
    await openBackend('cpu');
    folder = await mkdtemp(join(tmpdir(), 'sequitur-failing-'));
    const model = Gpt.create(CONFIG as never, { family: llamaFamily });
    await model.savePretrained(folder, { maxShardBytes: 4000 });
    await writeFile(join(folder, 'vocab.json'), '{"a": 0}');
    await writeFile(join(folder, 'merges.txt'), '#version\n');
    await writeFile(join(folder, 'tokenizer_config.json'), '{"tokenizer_class": "GPT2Tokenizer"}');
    model.dispose();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each(damages.map(([file, change], i) => [i, file, change] as const))(
    '%i: by %s leaves no file open, no tensor, and says so in one short error',
    async (_i, file, change) => {
      const path = join(folder, file);
      const before = await readFile(path).catch(() => Buffer.from(''));
      await writeFile(path, typeof change === 'string' ? change : change(Buffer.from(before)));
      const fail = () => Gpt.fromPretrained(folder).catch((error: unknown) => error);
      const first = (await fail()) as Error;
      expect(first).toMatchObject({ name: 'SequiturError' });
      expect(first.message.length).toBeLessThan(4000);
      const [files, { numTensors }] = [opened(), memory()];
      for (let i = 0; i < 50; i++) expect(await fail()).toBeInstanceOf(Error);
      expect(opened()).toBe(files);
      expect(memory().numTensors).toBe(numTensors);
    },
  );

  it('by a class that does not read it, or an abort, leaves no file open', async () => {
    const files = opened();
    for (let i = 0; i < 50; i++) await Bert.fromPretrained(folder).catch(() => {});
    expect(opened()).toBe(files);
    for (let i = 0; i < 50; i++) {
      await Gpt.fromPretrained(folder, { signal: AbortSignal.abort() }).catch(() => {});
      const controller = new AbortController();
      await Gpt.fromPretrained(folder, { signal: controller.signal, onProgress: () => controller.abort() }).catch(
        () => {},
      );
    }
    expect(opened()).toBe(files);
  });

  it('by an adapter leaves no file open and the model as it was', async () => {
    const model = Gpt.create(CONFIG as never, { family: llamaFamily });
    const rules = weightRules(model);
    const adapter = join(folder, 'adapter');
    const lora = peftLora(model, rules, { rank: 2 });
    await saveLora(model, lora, rules, adapter);
    lora.remove();
    const sound = await readFile(join(adapter, 'adapter_config.json'), 'utf8');
    const weights = await readFile(join(adapter, 'adapter_model.safetensors'));
    const broken: [string, string | Buffer][] = [
      ['adapter_config.json', NESTED],
      ['adapter_config.json', within('target_modules')],
      ['adapter_config.json', sound.replace('"r": 2', '"r": 3')],
      ['adapter_config.json', sound.replace('"none"', '"all"')],
      ['adapter_model.safetensors', weights.subarray(0, weights.length - 2)],
    ];
    for (const [file, content] of broken) {
      await writeFile(join(adapter, file), content);
      const fail = () => loadLora(model, rules, adapter).catch((error: unknown) => error);
      expect(await fail()).toMatchObject({ name: 'SequiturError' });
      const [files, { numTensors }] = [opened(), memory()];
      for (let i = 0; i < 50; i++) await fail();
      expect(opened()).toBe(files);
      expect(memory().numTensors).toBe(numTensors);
      await writeFile(join(adapter, 'adapter_config.json'), sound);
      await writeFile(join(adapter, 'adapter_model.safetensors'), weights);
    }
    (await loadLora(model, rules, adapter)).remove();
    model.dispose();
  });
});
