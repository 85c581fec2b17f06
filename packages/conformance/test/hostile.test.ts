import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bert, fillMask } from '@sequitur/bert';
import { openBackend, SequiturError } from '@sequitur/core';
import { Gpt } from '@sequitur/gpt';
import { Mamba } from '@sequitur/mamba';
import { filesSource } from '@sequitur/pretrained';
import { bertTokenizer } from '@sequitur/text';
import { SequenceToSequence } from '@sequitur/transformer';
import { beforeAll, describe, expect, it } from 'vitest';

const fixtures = join(import.meta.dirname, '..', 'fixtures');

type Files = Map<string, Uint8Array>;

/** Reads the files of a model folder. */
function filesOf(folder: string): Files {
  const names = readdirSync(join(fixtures, folder)).filter((name) =>
    /^(config|model).*\.(json|safetensors)$/.test(name),
  );
  return new Map(names.map((name) => [name, new Uint8Array(readFileSync(join(fixtures, folder, name)))]));
}

const loaders = {
  'bert-mlm': Bert.fromPretrained,
  'bert-pretraining-sharded': Bert.fromPretrained,
  'gpt2-lm': Gpt.fromPretrained,
  'gpt2-lm-sharded': Gpt.fromPretrained,
  'gpt-neo-local': Gpt.fromPretrained,
  llama: Gpt.fromPretrained,
  't5-sharded': SequenceToSequence.fromPretrained,
  bart: SequenceToSequence.fromPretrained,
  mamba: Mamba.fromPretrained,
} satisfies Record<string, (source: ReturnType<typeof filesSource>) => Promise<{ dispose(): void }>>;

type Folder = keyof typeof loaders;

function load(folder: Folder, files: Files): Promise<{ dispose(): void }> {
  const list = [...files].map(([name, bytes]) => new File([bytes as Uint8Array<ArrayBuffer>], name));
  return loaders[folder](filesSource(list));
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (value: string) => new TextEncoder().encode(value);

/** Changes a JSON file. */
function edit(files: Files, name: string, change: (value: Record<string, unknown>) => object): void {
  files.set(name, bytes(JSON.stringify(change(JSON.parse(text(files.get(name)!))))));
}

const config = (values: object) => (files: Files) => edit(files, 'config.json', (old) => ({ ...old, ...values }));
const configText = (change: (json: string) => string) => (files: Files) =>
  void files.set('config.json', bytes(change(text(files.get('config.json')!))));

/** Changes the header of `model.safetensors` and adds bytes after its data. */
function header(change: (tensors: Record<string, object>, dataBytes: number) => Record<string, object>, added = 0) {
  return (files: Files) => {
    const file = files.get('model.safetensors')!;
    const length = Number(new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true));
    const data = file.subarray(8 + length);
    const json = bytes(JSON.stringify(change(JSON.parse(text(file.subarray(8, 8 + length))), data.length)));
    const whole = new Uint8Array(8 + json.length + data.length + added);
    new DataView(whole.buffer).setBigUint64(0, BigInt(json.length), true);
    whole.set(json, 8);
    whole.set(data, 8 + json.length);
    files.set('model.safetensors', whole);
  };
}

const index = 'model.safetensors.index.json';
const shardOf = (files: Files) => [...files.keys()].filter((name) => /-of-\d+\.safetensors$/.test(name)).sort();

/** Damage to a folder: its description, how to make it, and the words that the error must contain. */
const cases: readonly (readonly [Folder, string, (files: Files) => void, RegExp])[] = [
  ['bert-mlm', 'no configuration', (files) => void files.delete('config.json'), /config\.json/],
  [
    'bert-mlm',
    'a truncated configuration',
    configText((json) => json.slice(0, json.length / 2)),
    /config\.json.*JSON/s,
  ],
  ['bert-mlm', 'a configuration that is a list', configText(() => '[]'), /JSON object/],
  ['bert-mlm', 'NaN', configText((json) => json.replace(/"hidden_size": \d+/, '"hidden_size": NaN')), /NaN|JSON/],
  [
    'bert-mlm',
    'an infinite epsilon',
    configText((json) => json.replace(/(layer_norm_eps": )[^,]+/, '$1Infinity')),
    /layer_norm_eps.*Infinity/,
  ],
  ['bert-mlm', 'a width that is a string', config({ hidden_size: '48' }), /hidden_size/],
  ['bert-mlm', 'a negative number of layers', config({ num_hidden_layers: -1 }), /num_hidden_layers/],
  ['bert-mlm', 'a billion layers', config({ num_hidden_layers: 1e9 }), /num_hidden_layers/],
  ['bert-mlm', 'a billion labels', config({ num_labels: 1e9 }), /num_labels/],
  ['bert-mlm', 'another width than the weights', config({ hidden_size: 96 }), /misshapen: bert\.embeddings/],
  [
    'bert-mlm',
    'a gigantic vocabulary',
    config({ vocab_size: 2 ** 50 }),
    /sizes .* that the tensors have.*vocabularySize/,
  ],
  ['bert-mlm', 'heads that do not divide the width', config({ num_attention_heads: 5 }), /heads/],
  ['bert-mlm', 'the class of another family', config({ architectures: ['GPT2LMHeadModel'] }), /architectures/],
  ['bert-mlm', 'an attribute that is not supported', config({ sliding_window: 4 }), /sliding_window = 4/],
  ['bert-mlm', 'labels without names', config({ id2label: { 0: 1 } }), /id2label/],
  ['gpt2-lm', 'another family', config({ model_type: 'gpt5' }), /model_type/],
  ['gpt2-lm', 'a gigantic width', config({ n_embd: 4 * 2 ** 40 }), /sizes .* that the tensors have.*width/],
  ['gpt2-lm', 'more layers than weights', config({ n_layer: 3 }), /missing: transformer\.h\.2/],
  ['gpt2-lm', 'fewer layers than weights', config({ n_layer: 1 }), /unexpected: transformer\.h\.1/],
  [
    'gpt2-lm',
    'truncated weights',
    (files) => void files.set('model.safetensors', files.get('model.safetensors')!.slice(0, -7)),
    /bytes/,
  ],
  ['gpt2-lm', 'no weights', (files) => void files.delete('model.safetensors'), /model\.safetensors/],
  [
    'gpt2-lm',
    'weights that are no safetensors',
    (files) => void files.set('model.safetensors', bytes('PK a zip file')),
    /header/,
  ],
  [
    'gpt2-lm',
    'an unexpected tensor',
    header((tensors, end) => ({ ...tensors, extra: { dtype: 'F32', shape: [1], data_offsets: [end, end + 4] } }), 4),
    /unexpected: extra/,
  ],
  [
    'gpt2-lm',
    'a shape beyond its bytes',
    header((tensors) => ({
      ...tensors,
      'transformer.wpe.weight': { ...tensors['transformer.wpe.weight'], shape: [2 ** 40, 2 ** 12] },
    })),
    /transformer\.wpe\.weight/,
  ],
  ['gpt2-lm', 'quantised weights', header((tensors) => withDtype(tensors, 'transformer.ln_f.bias', 'I32')), /I32/],
  ['gpt2-lm-sharded', 'a shard missing', (files) => void files.delete(shardOf(files)[0]!), /no model-00001/],
  [
    'gpt2-lm-sharded',
    'shards outside of the folder',
    (files) =>
      edit(files, index, ({ weight_map: map }) => ({
        weight_map: { ...(map as object), 'x.weight': '../../secret.safetensors' },
      })),
    /\.\.\/\.\.\/secret/,
  ],
  ['gpt2-lm-sharded', 'an index without a map', (files) => edit(files, index, () => ({})), /weight_map/],
  [
    'gpt2-lm-sharded',
    'a truncated index',
    (files) => void files.set(index, files.get(index)!.slice(0, 90)),
    /index\.json/,
  ],
  [
    'bert-pretraining-sharded',
    'a tensor in two shards',
    (files) => {
      const [first, second] = shardOf(files);
      files.set('twice.safetensors', files.get(first!)!);
      edit(files, index, ({ weight_map: map }) => ({ weight_map: { ...(map as object), again: 'twice.safetensors' } }));
      expect(second).toBeDefined();
    },
    /each tensor once/,
  ],
  [
    'gpt-neo-local',
    'a list of block types that never ends',
    config({ attention_types: [[['global'], 1e15]] }),
    /attention_types/,
  ],
  ['gpt-neo-local', 'block types that are a number', config({ attention_types: 7 }), /attention_types/],
  ['llama', 'an unknown rope type', config({ rope_scaling: { rope_type: 'nobody', factor: 2 } }), /rope_type/],
  ['llama', 'a rope without its factor', config({ rope_scaling: { type: 'linear' } }), /factor/],
  ['llama', 'a rope that is a string', config({ rope_scaling: 'linear' }), /rope/],
  ['llama', 'more heads for keys than for queries', config({ num_key_value_heads: 3 }), /heads|misshapen/],
  [
    't5-sharded',
    'an unknown feed-forward type',
    config({ feed_forward_proj: 'gated-' }),
    /feed_forward_proj|activation/,
  ],
  ['bart', 'decoders only', config({ is_decoder: true }), /is_decoder/],
  ['mamba', 'a state of size 0', config({ state_size: 0 }), /state_size/],
];

function withDtype(tensors: Record<string, object>, name: string, dtype: string) {
  return { ...tensors, [name]: { ...tensors[name], dtype } };
}

describe('a damaged folder gives one clear error', () => {
  beforeAll(() => openBackend('cpu').then(() => undefined));

  it.each(cases)('%s with %s', async (folder, _fault, damage, named) => {
    const files = filesOf(folder);
    damage(files);
    const error = await load(folder, files).then(
      (model) => {
        model.dispose();
        return null;
      },
      (thrown: unknown) => thrown,
    );
    expect(error, 'nothing was thrown').not.toBe(null);
    expect(error).toBeInstanceOf(SequiturError);
    expect((error as Error).message).toMatch(named);
    expect((error as Error).message.length).toBeLessThan(4000);
  });

  it("an error names a tokenizer whose ids exceed the model's vocabulary", async () => {
    const words = Array.from({ length: 300 }, (_, i) => `w${String.fromCharCode(97 + (i % 26))}${'x'.repeat(i / 26)}`);
    const tokenizer = bertTokenizer(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...words].join('\n'));
    const list = [...filesOf('bert-mlm')].map(([name, data]) => new File([data as Uint8Array<ArrayBuffer>], name));
    const model = await Bert.fromPretrained(filesSource(list), { tokenizer });
    await expect(fillMask(model, `${words.at(-1)} [MASK]`)).rejects.toThrow(
      /token ids.*tokenizer belongs to this model/s,
    );
    model.dispose();
  });
});
