import { Bert, maskedLanguage, noHead, pooled, sequenceClassification } from '@sequitur/bert';
import { openBackend, parametersOf, Random, scoped, tokenTensor } from '@sequitur/core';
import { Gpt, gptNeoFamily, gptNeoxFamily, llamaFamily, TransformerXl } from '@sequitur/gpt';
import { Mamba } from '@sequitur/mamba';
import {
  blobFile,
  type FileSink,
  filesSink,
  filesSource,
  fromFiles,
  safetensorsChunks,
  type TensorToWrite,
} from '@sequitur/pretrained';
import { SequenceToSequence } from '@sequitur/transformer';
import { beforeEach, describe, expect, it, vi } from 'vitest';

const TOKENS = [[3, 1, 4, 1, 5]];
const SIZES = { vocabularySize: 17, contextLength: 12, width: 8, depth: 2, heads: 2 };
const FULL = { ...SIZES, hiddenWidth: 12 };

interface Saved {
  readonly config: Record<string, unknown>;
  readonly tensors: Map<string, { shape: readonly number[]; values: Float32Array }>;
}

/** What a model saves, to be changed. */
async function saved(model: { savePretrained(sink: FileSink): Promise<void>; dispose(): void }): Promise<Saved> {
  const sink = filesSink();
  await model.savePretrained(sink);
  model.dispose();
  const named = (name: string) => sink.files.find((file) => file.name === name)!;
  const checkpoint = await fromFiles('saved', [blobFile(named('model.safetensors'), 'model.safetensors')]);
  const tensors: Saved['tensors'] = new Map();
  for (const [name, { shape }] of checkpoint.tensors) {
    tensors.set(name, { shape, values: await checkpoint.readFloat32(name) });
  }
  return { config: JSON.parse(await named('config.json').text()), tensors };
}

function folderOf({ config, tensors }: Saved) {
  const list = [...tensors].map(
    ([name, { shape, values }]): TensorToWrite => ({
      ...{ name, dtype: 'F32', shape },
      values: async () => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    }),
  );
  const sink = filesSink();
  return (async () => {
    await sink.write('model.safetensors', safetensorsChunks(list));
    return filesSource([...sink.files, new File([JSON.stringify(config)], 'config.json')]);
  })();
}

function drawn(shape: readonly number[]) {
  const random = Random.fromSeed('others');
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.uniform() - 0.5);
  return { shape, values };
}

const logitsOf = async (model: { step: never; initState: never }) => {
  const { step, initState } = model as never as Gpt;
  const out = scoped(() => step.call(model, tokenTensor(TOKENS, 17), initState.call(model, 1)).logits);
  const values = await out.data();
  out.dispose();
  return values;
};

describe('a stored tensor that a configuration would drop', () => {
  beforeEach(() => openBackend('cpu').then(() => undefined));

  const languageModels = {
    llama: [
      () => Gpt.create({ ...FULL, tied: true } as never, { family: llamaFamily }),
      'model.embed_tokens.weight',
      'lm_head.weight',
    ],
    gpt2: [() => Gpt.create(SIZES), 'transformer.wte.weight', 'lm_head.weight'],
    gpt_neox: [
      () => Gpt.create({ ...FULL, width: 16, tied: true } as never, { family: gptNeoxFamily }),
      'gpt_neox.embed_in.weight',
      'embed_out.weight',
    ],
    mamba: [() => Mamba.create({ ...SIZES, tied: true }), 'backbone.embeddings.weight', 'lm_head.weight'],
  } as const;

  it.each(Object.entries(languageModels))(
    'is the head where it differs from the table, in %s',
    async (name, [create, table, head]) => {
      const given = await saved(create() as never);
      const open = async (options: object = {}) =>
        (name === 'mamba' ? Mamba : Gpt).fromPretrained(await folderOf(given), options) as Promise<Gpt>;
      const warn = vi.fn();
      const tied = await open({ warn });
      const before = await logitsOf(tied as never);
      given.tensors.set(head, given.tensors.get(table)!);
      const twice = await open({ warn });
      expect(await logitsOf(twice as never)).toEqual(before);
      expect(warn).not.toHaveBeenCalled();
      given.tensors.set(head, drawn(given.tensors.get(table)!.shape));
      const own = await open({ warn });
      expect(warn).toHaveBeenCalledOnce();
      expect(warn.mock.calls[0]![0]).toMatch(new RegExp(`${head} is not ${table}`));
      // As a model whose configuration says that it is not tied.
      given.config.tie_word_embeddings = false;
      const untied = await open({ warn });
      expect(await logitsOf(own as never)).toEqual(await logitsOf(untied as never));
      expect(await logitsOf(own as never)).not.toEqual(before);
      expect(own.config).toMatchObject({ tied: false });
      for (const model of [tied, twice, own, untied]) model.dispose();
    },
  );

  it('is the table where only the head is stored', async () => {
    const given = await saved(Gpt.create(SIZES));
    const model = await Gpt.fromPretrained(await folderOf(given));
    const table = given.tensors.get('transformer.wte.weight')!;
    given.tensors.delete('transformer.wte.weight');
    given.tensors.set('lm_head.weight', table);
    const swapped = await Gpt.fromPretrained(await folderOf(given));
    expect(await logitsOf(swapped as never)).toEqual(await logitsOf(model as never));
    for (const each of [model, swapped]) each.dispose();
  });

  it('is refused by name where no class of ours has it apart', async () => {
    const given = await saved(Bert.create({ modelType: 'bert', ...SIZES }, { head: maskedLanguage() }));
    given.tensors.set('cls.predictions.decoder.bias', drawn([17]));
    await expect(Bert.fromPretrained(await folderOf(given))).rejects.toThrow(
      /tensor 'cls\.predictions\.decoder\.bias': expected the values of cls\.predictions\.bias/,
    );
    const t5 = await saved(SequenceToSequence.create(T5, { seed: 1 }));
    t5.tensors.set('encoder.embed_tokens.weight', drawn([17, 8]));
    await expect(SequenceToSequence.fromPretrained(await folderOf(t5))).rejects.toThrow(
      /encoder\.embed_tokens\.weight/,
    );
    const xl = { ...SIZES, headSize: 4, hiddenWidth: 12, memoryLength: 4 };
    const memory = await saved(TransformerXl.create(xl as never));
    memory.tensors.set('crit.out_layers.0.weight', drawn([17, 8]));
    await expect(TransformerXl.fromPretrained(await folderOf(memory))).rejects.toThrow(/crit\.out_layers\.0\.weight/);
  });

  it('unties the decoder of a masked language head', async () => {
    const given = await saved(Bert.create({ modelType: 'bert', ...SIZES }, { head: maskedLanguage() }));
    given.tensors.set('cls.predictions.decoder.weight', drawn([17, 8]));
    const warn = vi.fn();
    const model = await Bert.fromPretrained(await folderOf(given), { warn });
    expect(warn).toHaveBeenCalledOnce();
    const stored = parametersOf(model).get('head.decoder.weight')!;
    expect(stored.shape).toEqual([8, 17]);
    model.dispose();
  });
});

const T5 = {
  ...{ modelType: 't5', vocabularySize: 17, width: 8, headSize: 4, heads: 2, hiddenWidth: 12 },
  ...{ encoderDepth: 1, decoderDepth: 1, decoderStartToken: 0, paddingToken: 0 },
};
const BART = {
  ...{ modelType: 'bart', vocabularySize: 17, width: 8, contextLength: 12, decoderStartToken: 0, paddingToken: 0 },
  ...{
    encoderDepth: 1,
    encoderHeads: 2,
    encoderHiddenWidth: 12,
    decoderDepth: 1,
    decoderHeads: 2,
    decoderHiddenWidth: 12,
  },
};

async function translated(given: Saved, warn = vi.fn()) {
  const model = await SequenceToSequence.fromPretrained(await folderOf(given), { warn });
  const logits = model.apply({ source: TOKENS, target: TOKENS });
  const values = await logits.data();
  logits.dispose();
  const { config } = model;
  model.dispose();
  return { values, config };
}

describe('an encoder-decoder', () => {
  beforeEach(() => openBackend('cpu').then(() => undefined));

  it('T5 scales its output where the configuration says so, tied or not', async () => {
    const given = await saved(SequenceToSequence.create(T5, { seed: 1 }));
    const tied = await translated(given);
    const unscaled = await translated({ ...given, config: { ...given.config, scale_decoder_outputs: false } });
    expect(unscaled.values[5]! / tied.values[5]!).toBeCloseTo(Math.sqrt(8), 4);
    given.tensors.set('lm_head.weight', drawn([17, 8]));
    const own = await translated(given);
    const ownUnscaled = await translated({ ...given, config: { ...given.config, scale_decoder_outputs: false } });
    expect(own.config).toMatchObject({ tied: false, scaledOutput: true });
    expect(own.values).not.toEqual(tied.values);
    expect(ownUnscaled.values[5]! / own.values[5]!).toBeCloseTo(Math.sqrt(8), 4);
    const untied = await translated({
      ...given,
      config: { ...given.config, scale_decoder_outputs: null, tie_word_embeddings: false },
    });
    expect(untied.values).toEqual(ownUnscaled.values);
  });

  it('mT5 as transformers 5 saves it has the stored head, unscaled', async () => {
    const given = await saved(SequenceToSequence.create({ ...T5, modelType: 'mt5', tied: false }, { seed: 1 }));
    const own = await translated(given);
    const { scale_decoder_outputs: _, ...config } = given.config;
    const five = { ...config, tie_word_embeddings: true, transformers_version: '5.16.0.dev0' };
    expect((await translated({ ...given, config: five })).values).toEqual(own.values);
  });

  it('BART reads the tables of encoder and decoder where they differ', async () => {
    const given = await saved(
      SequenceToSequence.create({ ...BART, sharedEmbedding: false, tied: false } as never, { seed: 1 }),
    );
    const apart = await translated(given);
    expect([...given.tensors.keys()]).toEqual(
      expect.arrayContaining(['model.encoder.embed_tokens.weight', 'lm_head.weight']),
    );
    // Python writes the table that is not read as well.
    given.tensors.set('model.shared.weight', drawn([17, 8]));
    expect((await translated(given)).values).toEqual(apart.values);
    // Whatever the configuration says.
    given.config.tie_word_embeddings = true;
    const warn = vi.fn();
    expect((await translated(given, warn)).values).toEqual(apart.values);
    expect(warn).toHaveBeenCalled();
    // A head that is tied to the shared table.
    const shared = given.tensors.get('lm_head.weight')!;
    given.tensors.delete('lm_head.weight');
    given.tensors.set('model.shared.weight', shared);
    expect((await translated(given)).values).toEqual(apart.values);
    // The decoder's table may be the shared one.
    given.tensors.delete('model.decoder.embed_tokens.weight');
    const half = await translated(given);
    given.tensors.set('model.decoder.embed_tokens.weight', shared);
    expect((await translated(given)).values).toEqual(half.values);
  });

  it('BART has no tied head where the tables are separate', () => {
    expect(() => SequenceToSequence.create({ ...BART, sharedEmbedding: false } as never)).toThrow(/tied: false/);
  });
});

describe('a stored buffer', () => {
  beforeEach(() => openBackend('cpu').then(() => undefined));

  const mask = (window = 99) => {
    const holds = (query: number, key: number) => Number(key <= query && query - key < window);
    const values = Float32Array.from({ length: 144 }, (_, i) => holds(Math.floor(i / 12), i % 12));
    return { shape: [1, 1, 12, 12], values };
  };
  const positions = { shape: [1, 12], values: Float32Array.from({ length: 12 }, (_, i) => i) };
  const frequencies = { shape: [2], values: Float32Array.from([1, 0.01]) };
  const neo = { ...SIZES, reaches: ['global', 'local'], window: 3 };

  it.each([
    ['transformer.h.0.attn.bias', () => Gpt.create(SIZES), mask(), mask(3)],
    [
      'transformer.h.1.attn.masked_bias',
      () => Gpt.create(SIZES),
      { shape: [1], values: Float32Array.of(-1e4) },
      { shape: [1], values: Float32Array.of(0) },
    ],
    ['transformer.h.1.attn.attention.bias', () => Gpt.create(neo as never, { family: gptNeoFamily }), mask(3), mask()],
    ['transformer.h.0.attn.attention.bias', () => Gpt.create(neo as never, { family: gptNeoFamily }), mask(), mask(3)],
    [
      'model.layers.0.self_attn.rotary_emb.inv_freq',
      () => Gpt.create(FULL as never, { family: llamaFamily }),
      frequencies,
      { shape: [2], values: Float32Array.from([1, 0.001]) },
    ],
    [
      'bert.embeddings.position_ids',
      () => Bert.create({ modelType: 'bert', ...SIZES }, { head: maskedLanguage() }),
      positions,
      { ...positions, values: positions.values.slice().reverse() },
    ],
    [
      'bert.embeddings.token_type_ids',
      () => Bert.create({ modelType: 'bert', ...SIZES }, { head: maskedLanguage() }),
      { shape: [1, 12], values: new Float32Array(12) },
      positions,
    ],
  ])('%s is what the model computes, or is refused by name', async (name, create, right, wrong) => {
    const given = await saved(create() as never);
    const open = async () =>
      (name.startsWith('bert') ? Bert : Gpt).fromPretrained(await folderOf(given)) as Promise<Gpt>;
    given.tensors.set(name, right);
    (await open()).dispose();
    given.tensors.set(name, wrong);
    await expect(open()).rejects.toThrow(`tensor '${name}': expected`);
  });
});

describe('a model without pooler', () => {
  beforeEach(() => openBackend('cpu').then(() => undefined));

  const encoders = {
    bert: SIZES,
    roberta: { ...SIZES, paddingToken: 1 },
    'xlm-roberta': { ...SIZES, paddingToken: 1 },
    longformer: { ...SIZES, paddingToken: 1, windows: [4, 4] },
    big_bird: { ...SIZES, blockSize: 4, randomBlocks: 1 },
  };
  it.each(Object.entries(encoders))('%s loads where none is needed, and says how', async (modelType, config) => {
    const given = await saved(Bert.create({ modelType, ...config } as never, { head: noHead() }));
    const model = await Bert.fromPretrained(await folderOf(given));
    expect(model.headKind).toBe('none');
    expect(Object.keys(model.apply({ tokens: TOKENS }))).toEqual(['hidden']);
    model.dispose();
    (await Bert.fromPretrained(await folderOf(given), { head: noHead() })).dispose();
    const head = sequenceClassification({ labels: ['a', 'b'] });
    (await Bert.fromPretrained(await folderOf(given), { head, seed: 1 })).dispose();
    await expect(Bert.fromPretrained(await folderOf(given), { head: pooled() })).rejects.toThrow(
      /missing: pooler\S* .*Give head: noHead\(\)/s,
    );
    // Nor does it take a class in the configuration.
    const { architectures: _, ...bare } = given.config;
    (await Bert.fromPretrained(await folderOf({ ...given, config: bare }))).dispose();
  });
});

describe('a configuration of sizes that the weights have not', () => {
  beforeEach(() => openBackend('cpu').then(() => undefined));

  const open = async (change: object, remove = false) => {
    const given = await saved(Gpt.create(FULL as never, { family: llamaFamily }));
    if (remove) given.tensors.clear();
    const started = Date.now();
    const source = await folderOf({ ...given, config: { ...given.config, ...change } });
    const error = await Gpt.fromPretrained(source).catch((reason: Error) => reason);
    expect(Date.now() - started).toBeLessThan(5000);
    expect(error).toMatchObject({ name: 'SequiturError' });
    const { message } = error as Error;
    expect(message.length).toBeLessThan(4000);
    return message;
  };

  it('is refused before anything is built, in ten lines and a count', async () => {
    expect(await open({ num_hidden_layers: 10000 })).toMatch(/10000 layers.*got 2; missing: model\.layers\.2\./s);
    expect(await open({ num_hidden_layers: 10000 }, true)).toMatch(/missing: layers\.0\./);
    const wide = await open({ hidden_size: 16, head_dim: 2 });
    expect(wide).toMatch(/misshapen: .*and \d+ more/s);
    expect(wide.split('\n').filter((line) => line.startsWith('  '))).toHaveLength(11);
    for (const [name, size] of [
      ['hidden_size', 2 ** 40],
      ['vocab_size', 1e15],
      ['intermediate_size', 1e12],
      ['head_dim', 2 ** 30],
    ] as const) {
      expect(await open({ [name]: size, num_attention_heads: 10000, num_key_value_heads: 10000 })).toMatch(
        new RegExp(`expected sizes of config\\.json that the tensors have, .* got \\w+ ${size}`),
      );
    }
    expect(await open({ max_position_embeddings: 1e15, vocab_size: 18 })).toMatch(/misshapen: model\.embed_tokens/);
  });
});
