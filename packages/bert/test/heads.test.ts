import { openBackend, parametersOf, Random } from '@sequitur/core';
import { expectClose } from '@sequitur/laws';
import { filesSink, filesSource, openCheckpoint, safetensorsChunks } from '@sequitur/pretrained';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  Bert,
  type BertConfig,
  type BigBirdConfig,
  type HeadPart,
  type LongformerConfig,
  maskedLanguage,
  multipleChoice,
  questionAnswering,
  sequenceClassification,
  type TextBatch,
  tokenClassification,
} from '../src/index.js';

const shape = { vocabularySize: 12, contextLength: 32, width: 8, hiddenWidth: 10, depth: 1, heads: 2 };
const configs: Readonly<Record<string, BertConfig | BigBirdConfig | LongformerConfig>> = {
  bert: { ...shape, modelType: 'bert' },
  roberta: { ...shape, modelType: 'roberta', paddingToken: 1 },
  distilbert: { ...shape, modelType: 'distilbert' },
  longformer: { ...shape, modelType: 'longformer', paddingToken: 1, windows: [4], separatorToken: 2 },
  big_bird: { ...shape, modelType: 'big_bird', blockSize: 2, randomBlocks: 1, separatorToken: 2 },
};

const heads: Readonly<Record<string, HeadPart>> = {
  maskedLanguage: maskedLanguage(),
  sequenceClassification: sequenceClassification({ labels: ['a', 'b', 'c'] }),
  tokenClassification: tokenClassification({ labels: ['a', 'b', 'c'] }),
  questionAnswering: questionAnswering(),
  multipleChoice: multipleChoice(),
};

const linear = (name: string, outputs: number, inputs = 8) => [
  `${name}.bias [${outputs}]`,
  `${name}.weight [${outputs},${inputs}]`,
];
const norm = (name: string) => [`${name}.bias [8]`, `${name}.weight [8]`];
const classes = (name: string, prefix: string) => ({
  [`${name}ForMaskedLM`]: [...linear('lm_head.dense', 8), ...norm('lm_head.layer_norm'), 'lm_head.bias [12]'],
  [`${name}ForSequenceClassification`]: [...linear('classifier.dense', 8), ...linear('classifier.out_proj', 3)],
  [`${name}ForTokenClassification`]: linear('classifier', 3),
  [`${name}ForQuestionAnswering`]: linear('qa_outputs', 2),
  [`${name}ForMultipleChoice`]: [...linear(`${prefix}.pooler.dense`, 8), ...linear('classifier', 1)],
});
const predictions = [
  ...linear('cls.predictions.transform.dense', 8),
  ...norm('cls.predictions.transform.LayerNorm'),
  'cls.predictions.bias [12]',
];
const pooler = linear('bert.pooler.dense', 8);
const bigBirdPooler = linear('bert.pooler', 8);

/** What each class of Hugging Face stores beside the encoder, with shapes as PyTorch has them. */
const stored: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  bert: {
    BertForMaskedLM: predictions,
    BertForSequenceClassification: [...pooler, ...linear('classifier', 3)],
    BertForTokenClassification: linear('classifier', 3),
    BertForQuestionAnswering: linear('qa_outputs', 2),
    BertForMultipleChoice: [...pooler, ...linear('classifier', 1)],
  },
  roberta: classes('Roberta', 'roberta'),
  longformer: classes('Longformer', 'longformer'),
  distilbert: {
    DistilBertForMaskedLM: [...linear('vocab_transform', 8), ...norm('vocab_layer_norm'), 'vocab_projector.bias [12]'],
    DistilBertForSequenceClassification: [...linear('pre_classifier', 8), ...linear('classifier', 3)],
    DistilBertForTokenClassification: linear('classifier', 3),
    DistilBertForQuestionAnswering: linear('qa_outputs', 2),
    DistilBertForMultipleChoice: [...linear('pre_classifier', 8), ...linear('classifier', 1)],
  },
  big_bird: {
    BigBirdForMaskedLM: [...bigBirdPooler, ...predictions],
    BigBirdForSequenceClassification: [
      ...bigBirdPooler,
      ...linear('classifier.dense', 8),
      ...linear('classifier.out_proj', 3),
    ],
    BigBirdForTokenClassification: [...bigBirdPooler, ...linear('classifier', 3)],
    BigBirdForQuestionAnswering: [
      ...linear('qa_classifier.intermediate.dense', 10),
      ...linear('qa_classifier.output.dense', 8, 10),
      ...norm('qa_classifier.output.LayerNorm'),
      ...linear('qa_classifier.qa_outputs', 2),
    ],
    BigBirdForMultipleChoice: [...bigBirdPooler, ...linear('classifier', 1)],
  },
};

const batch: TextBatch = {
  tokens: [
    [0, 5, 6, 2, 2, 7, 8, 9, 2],
    [0, 5, 2, 2, 2, 9, 8, 2, 1],
  ],
  choices: 2,
};

async function savedFiles(config: BertConfig): Promise<readonly File[]> {
  const model = Bert.create(config, { head: maskedLanguage(), seed: 1 });
  const sink = filesSink();
  await model.savePretrained(sink);
  model.dispose();
  return sink.files;
}

describe('every head', () => {
  beforeEach(() => openBackend('cpu'));

  for (const [modelType, ofClass] of Object.entries(stored)) {
    for (const [index, [architecture, names]] of Object.entries(ofClass).entries()) {
      it(`${architecture} has the names of Hugging Face, and comes back as it was`, async () => {
        const head = Object.values(heads)[index]!;
        const model = Bert.create(configs[modelType]!, { head, seed: 1 });
        const sink = filesSink();
        await model.savePretrained(sink);
        const checkpoint = await openCheckpoint(filesSource(sink.files));
        const found = [...checkpoint.tensors].map(([name, tensor]) => `${name} [${tensor.shape}]`);
        const encoder = /\.(encoder|transformer|embeddings)\./;
        expect(found.filter((name) => !encoder.test(name)).sort()).toEqual([...names].sort());
        const again = await Bert.fromPretrained(filesSource(sink.files));
        expect([again.headKind, again.config.labels]).toEqual([head.kind, head.settings?.labels]);
        const config = JSON.parse(await sink.files.find(({ name }) => name === 'config.json')!.text());
        expect(config.architectures).toEqual([architecture]);
        for (const [output, tensor] of Object.entries(model.apply(batch))) {
          await expectClose(again.apply(batch)[output]!, tensor, 1e-6);
        }
        model.dispose();
        again.dispose();
      });
    }
  }

  it('drops what its own class says', async () => {
    const rates = { dropout: 0, attentionDropout: 0, classifierDropout: 0.9, answerDropout: 0.9 };
    const drops = async (modelType: string, head: HeadPart) => {
      const model = Bert.create({ ...configs[modelType]!, ...rates }, { head, seed: 1 });
      const [sure, drawn] = [model.apply(batch), model.apply(batch, { random: Random.fromSeed(1) })];
      const [output] = Object.keys(sure);
      const [a, b] = [await sure[output!]!.data(), await drawn[output!]!.data()];
      model.dispose();
      return a.some((value, i) => value !== b[i]);
    };
    const [tokens, answers, choices] = [tokenClassification(), questionAnswering(), multipleChoice()];
    const dropping = await Promise.all([
      drops('distilbert', tokens),
      drops('distilbert', answers),
      drops('distilbert', choices),
      drops('bert', tokens),
      drops('bert', answers),
      drops('roberta', choices),
      drops('longformer', tokens),
      drops('big_bird', tokens),
    ]);
    expect(dropping).toEqual([false, true, true, true, false, false, false, true]);
  });

  it('of BigBird looks for no answer in the question, which is a segment of its own', async () => {
    const model = Bert.create(configs.big_bird!, { head: questionAnswering(), seed: 1 });
    const tokenTypes = batch.tokens.map((row) =>
      Array.from(row, (_, place) => Number(place > Array.from(row).indexOf(2))),
    );
    const [found, told] = [model.apply(batch), model.apply({ ...batch, tokenTypes })];
    expect(await found.start.data()).toEqual(await told.start.data());
    const closed = Array.from(await found.end.data(), (value) => value < -1e5);
    const question = [
      ...[false, true, true, true, false, false, false, false, false],
      ...[false, true, true, false, false, false, false, false, false],
    ];
    expect(closed).toEqual(question);
    model.dispose();
  });
});

describe('a configuration', () => {
  beforeEach(() => openBackend('cpu'));

  /** Saves a model, changes its configuration, and loads it. */
  async function reopened(config: BertConfig, change: object) {
    const files = await savedFiles(config);
    const changed = files.map(async (file) =>
      file.name === 'config.json'
        ? new File([JSON.stringify({ ...JSON.parse(await file.text()), ...change })], file.name)
        : file,
    );
    return Bert.fromPretrained(filesSource(await Promise.all(changed)));
  }

  it('may have no padding token, or relative positions beside RoBERTa’s padding', async () => {
    const none = await reopened(configs.bert!, { pad_token_id: null });
    expect(none.encoder.embedding.tokens.padding).toBe(null);
    const relative = await reopened({ ...configs.roberta!, positions: 'relativeKey' }, {});
    const distances = parametersOf(relative).get('encoder.stack.blocks.0.mixer.distances.weight')!;
    expect(distances.shape).toEqual([2 * 34 - 1, 4]); // 32 positions behind two rows that are not used
    expect(() => relative.apply({ tokens: [new Array(35).fill(3)] })).toThrow(/at most 34 tokens, got 35/);
    none.dispose();
    relative.dispose();
  });

  it('of TensorFlow’s time may call norms gamma and beta, and leave what pre-training had', async () => {
    const files = await savedFiles(configs.bert!);
    const checkpoint = await openCheckpoint(filesSource(files));
    const old = (name: string) =>
      name.replace(/(LayerNorm)\.weight$/, '$1.gamma').replace(/(LayerNorm)\.bias$/, '$1.beta');
    const present = new Map([...checkpoint.tensors.keys()].map((name) => [old(name), name]));
    const stored = await Promise.all(
      [...present].map(async ([name, now]) => {
        const { shape } = checkpoint.tensors.get(now)!;
        const values = new Uint8Array((await checkpoint.readFloat32(now)).slice().buffer);
        return { name, dtype: 'F32' as const, shape, values: async () => values };
      }),
    );
    const left = ['bert.pooler.dense.bias', 'cls.seq_relationship.bias'].map((name) => ({
      ...{ name, dtype: 'F32' as const, shape: [2], values: async () => new Uint8Array(8) },
    }));
    const sink = filesSink();
    await sink.write('model.safetensors', safetensorsChunks([...stored, ...left]));
    const config = files.find(({ name }) => name === 'config.json')!;
    const model = await Bert.fromPretrained(filesSource([...sink.files, config]));
    expect(present.has('bert.embeddings.LayerNorm.gamma')).toBe(true);
    expect(await model.encoder.embedding.norm.weight.read()).toEqual(new Float32Array(8).fill(1));
    model.dispose();
  });

  it('is refused where the class would not do what it says', async () => {
    const relative = { position_embedding_type: 'relative_key' };
    await expect(reopened(configs.big_bird!, relative)).rejects.toThrow(/position_embedding_type/);
    await expect(reopened(configs.longformer!, relative)).rejects.toThrow(/position_embedding_type/);
    await expect(reopened(configs.longformer!, { attention_window: [3] })).rejects.toThrow(/attention_window/);
    await expect(reopened(configs.bert!, { hidden_act: 'laplace' })).rejects.toThrow(/hidden_act/);
  });
});
