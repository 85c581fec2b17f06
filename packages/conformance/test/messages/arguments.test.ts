import { Bert } from '@sequitur/bert';
import {
  deserialize,
  disposeState,
  initialize,
  openBackend,
  quantize,
  reorder,
  type StateTree,
  tokenTensor,
} from '@sequitur/core';
import { generate, generateSequences } from '@sequitur/generation';
import {
  Gpt,
  GptClassifier,
  jinjaTemplate,
  llamaFamily,
  MemoryTransformerXl,
  RecurrentMemoryGpt,
  TransformerXl,
} from '@sequitur/gpt';
import { Mamba, Mamba2, mamba, mamba2, s4d } from '@sequitur/mamba';
import { Auto, filesSink, savePretrained, weightRules } from '@sequitur/pretrained';
import { gru, lstm, minGru } from '@sequitur/recurrent';
import * as text from '@sequitur/text';
import * as training from '@sequitur/train';
import {
  attention,
  infiniAttention,
  LanguageModel,
  Lora,
  linearAttention,
  loadLora,
  peftLora,
  RecurrentMemoryModel,
  SequenceToSequence,
  summarize,
  transformerXlAttention,
  translate,
  writeFrom,
} from '@sequitur/transformer';
import { dispose, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Entries, expectRefused, pairs, type Wrong } from './expect-refused.js';

const CONFIG = { vocabularySize: 300, contextLength: 16, width: 8, depth: 1, heads: 2, hiddenWidth: 16 };
const batches = [{ inputs: [[1, 2, 3]], labels: [[2, 3, 4]] }];
const tokenizer = text.byteTokenizer();
const optimizer = training.adamW({ learningRate: 1e-3 });
const classifier = { ...CONFIG, labels: ['a', 'b'] };

let model: Gpt;
let writer: SequenceToSequence;
beforeAll(async () => {
  await openBackend('cpu');
  model = Gpt.create(CONFIG as never, { family: llamaFamily as never, tokenizer });
  const sizes = { width: 8, headSize: 4, hiddenWidth: 16, encoderDepth: 1, decoderDepth: 1, heads: 2 };
  writer = SequenceToSequence.create({ modelType: 't5', vocabularySize: 300, startToken: 0, ...sizes } as never, {
    tokenizer,
  });
});
afterAll(() => {
  optimizer.dispose();
  for (const made of [model, writer]) made.dispose();
});

/** Of the wrong type for every object of options; no function has an option `nonsense`. */
const noOptions: Wrong = { null: null, 'a number': 5, 'a string': 'x', 'a list': [], 'another name': { nonsense: 1 } };
const { undefined: _, ...noConfig } = { undefined: 0, ...noOptions, 'another name': undefined };

describe('options', () => {
  const takers: Entries = {
    openBackend: (o) => openBackend('cpu', o),
    'Gpt.create': (o) => Gpt.create(CONFIG as never, o),
    'Bert.create': (o) => Bert.create({ modelType: 'bert' } as never, o),
    'SequenceToSequence.create': (o) => SequenceToSequence.create({ modelType: 't5' } as never, o),
    'LanguageModel.create': (o) => LanguageModel.create({ vocabularySize: 4, width: 4, blocks: [attention()] }, o),
    'Mamba.create': (o) => Mamba.create({ vocabularySize: 4, width: 4, depth: 1 }, o),
    'Mamba2.create': (o) => Mamba2.create({ vocabularySize: 4, width: 4, depth: 1 }, o),
    'TransformerXl.create': (o) => TransformerXl.create({} as never, o),
    'MemoryTransformerXl.create': (o) => MemoryTransformerXl.create({} as never, o),
    'RecurrentMemoryModel.create': (o) => RecurrentMemoryModel.create(model, o),
    'Gpt.fromPretrained': (o) => Gpt.fromPretrained('./none', o),
    'GptClassifier.fromPretrained': (o) => GptClassifier.fromPretrained('./none', o),
    'Bert.fromPretrained': (o) => Bert.fromPretrained('./none', o),
    'SequenceToSequence.fromPretrained': (o) => SequenceToSequence.fromPretrained('./none', o),
    'LanguageModel.fromPretrained': (o) => LanguageModel.fromPretrained('./none', o),
    'TransformerXl.fromPretrained': (o) => TransformerXl.fromPretrained('./none', o),
    'MemoryTransformerXl.fromPretrained': (o) => MemoryTransformerXl.fromPretrained('./none', o),
    'RecurrentMemoryGpt.fromPretrained': (o) => RecurrentMemoryGpt.fromPretrained('./none', o),
    'Mamba.fromPretrained': (o) => Mamba.fromPretrained('./none', o),
    'Auto.fromPretrained': (o) => Auto.fromPretrained('./none', o),
    savePretrained: (o) => model.savePretrained(filesSink(), o),
    Lora: (o) => new Lora(model, o),
    peftLora: (o) => peftLora(model, weightRules(model), o),
    loadLora: (o) => loadLora(model, weightRules(model), './none', o),
    quantize: (o) => quantize(model, o),
    generate: (o) => generate(model, [[1]], o),
    generateSequences: (o) => generateSequences(model, [[1]], o),
    complete: (o) => model.complete('a', o),
    chat: (o) => model.chat(o),
    say: async function* (o) {
      const chat = model.chat({ template: 'a' });
      try {
        yield* chat.say('b', o);
      } finally {
        chat.dispose();
      }
    },
    translate: (o) => translate(writer, ['a'], o),
    summarize: (o) => summarize(writer, ['a'], o),
    writeFrom: (o) => writeFrom(writer, ['a'], o),
    train: (o) => training.train(model, batches, o),
    trainStep: (o) => training.trainStep(model, [], optimizer, o),
    nextToken: (o) => training.nextToken(o),
    adamW: (o) => training.adamW(o),
    adam: (o) => training.adam(o),
    lion: (o) => training.lion(o),
    sgd: (o) => training.sgd(o),
    warmUpThenConstant: (o) => training.warmUpThenConstant(o),
    warmUpThenCosine: (o) => training.warmUpThenCosine(o),
    warmUpThenLinear: (o) => training.warmUpThenLinear(o),
    warmUpThenInverseSquareRoot: (o) => training.warmUpThenInverseSquareRoot(o),
    tokenize: (o) => tokenizer.tokenize('a', o),
    tokenizeBatch: (o) => tokenizer.tokenizeBatch(['a'], o),
    tokenizeWindows: (o) => tokenizer.tokenizeWindows('a', o),
    bleu: (o) => text.bleu(['a'], ['a'], o),
    chrf: (o) => text.chrf(['a'], ['a'], o),
    randomWindows: (o) => text.randomWindows([1, 2, 3], o),
    consecutiveWindows: (o) => text.consecutiveWindows([1, 2, 3], o),
    packedWindows: (o) => text.packedWindows([[1, 2, 3]], o),
    shuffledBatches: (o) => text.shuffledBatches([1], o),
    trainByteLevelTokenizer: (o) => text.trainByteLevelTokenizer(['a'], o),
    trainUnigramTokenizer: (o) => text.trainUnigramTokenizer(['a'], o),
    trainWordPieceTokenizer: (o) => text.trainWordPieceTokenizer(['a'], o),
    'the part attention': (o) => attention(o),
    'the part linearAttention': (o) => linearAttention(o),
    'the part infiniAttention': (o) => infiniAttention(o),
    'the part transformerXlAttention': (o) => transformerXlAttention(o),
    'the part mamba': (o) => mamba(o),
    'the part mamba2': (o) => mamba2(o),
    'the part s4d': (o) => s4d(o),
    'the part lstm': (o) => lstm(o),
    'the part gru': (o) => gru(o),
    'the part minGru': (o) => minGru(o),
  };
  it.each(pairs(takers, noOptions))('%s', (_name, call) => expectRefused(call));
});

describe('a config', () => {
  const takers: Entries = {
    'Gpt.create': (c) => Gpt.create(c),
    'Bert.create': (c) => Bert.create(c),
    'SequenceToSequence.create': (c) => SequenceToSequence.create(c),
    'LanguageModel.create': (c) => LanguageModel.create(c),
    'Mamba.create': (c) => Mamba.create(c),
    'Mamba2.create': (c) => Mamba2.create(c),
    'TransformerXl.create': (c) => TransformerXl.create(c),
    'MemoryTransformerXl.create': (c) => MemoryTransformerXl.create(c),
  };
  it.each(pairs(takers, { undefined: undefined, ...noConfig }))('%s', (_name, call) => expectRefused(call));
});

describe('models, tokens and texts', () => {
  const noList: Wrong = { undefined: undefined, null: null, 'a number': 5, 'an object': { a: 1 } };
  const noText: Wrong = { ...noList, messages: [{ role: 'user', content: 'a' }] };
  const models: Entries = {
    generate: (m) => generate(m, [[1]]),
    train: (m) => training.train(m, batches, { optimizer, steps: 1 }),
    evaluate: (m) => training.evaluate(m, batches),
    Lora: (m) => new Lora(m),
    quantize: (m) => quantize(m, { weights: 'int8' } as never),
    initialize: (m) => initialize(m, 1),
    savePretrained: (m) => savePretrained(m, filesSink()),
  };
  const lists: Entries = {
    'prompts of generate': (p) => generate(model, p),
    'a prompt of generate': (p) => generate(model, [p]),
    'data of train': (d) => training.train(model, d, { optimizer, steps: 1 }),
    'a batch of train': (b) => training.train(model, [b], { optimizer, steps: 1 }),
    'inputs of train': (i) => training.train(model, [{ inputs: i, labels: [[1]] }], { optimizer, steps: 1 }),
    'labels of train': (l) => training.train(model, [{ inputs: [[1]], labels: l }], { optimizer, steps: 1 }),
    'losses of trainStep': (l) => training.trainStep(model, l, optimizer, { step: 1 }),
    'data of evaluate': (d) => training.evaluate(model, d),
    tokenTensor: (rows) => tokenTensor(rows, 5),
    decode: (ids) => tokenizer.decode(ids),
    tokenizeBatch: (texts) => tokenizer.tokenizeBatch(texts),
    padEncodings: (encodings) => text.padEncodings(encodings, {}, { id: 0, token: '', typeId: 0 }),
    bleu: (p) => text.bleu(p, ['a']),
    chrf: (p) => text.chrf(p, ['a']),
    rouge: (p) => text.rouge(p, ['a']),
    accuracy: (p) => text.accuracy(p, [1]),
    macroF1: (p) => text.macroF1(p, [1]),
    matthewsCorrelation: (p) => text.matthewsCorrelation(p, [1]),
    errorRate: (p) => text.errorRate(p, [['a']]),
    editDistance: (p) => text.editDistance(p, ['a']),
    entitySpans: (tags) => text.entitySpans(tags),
    entityScores: (tags) => text.entityScores(tags, [['O']]),
    windows: (tokens) => text.randomWindows(tokens, { length: 1, batchSize: 1, seed: 0 }),
    joinDocuments: (documents) => text.joinDocuments(documents),
    translate: (texts) => translate(writer, texts),
  };
  const strings: Entries = {
    'complete, which is given': (prompt) => model.complete(prompt),
    encode: (t) => tokenizer.encode(t),
    tokenize: (t) => tokenizer.tokenize(t),
    tokenizeWindows: (t) => tokenizer.tokenizeWindows(t, { maxLength: 4 }),
    jinjaTemplate: (t) => jinjaTemplate(t),
    bertTokenizer: (t) => text.bertTokenizer(t),
    normalizeAnswer: (t) => text.normalizeAnswer(t),
    tokenize13a: (t) => text.tokenize13a(t),
    sentencePieceTokenizer: (t) => text.sentencePieceTokenizer(t),
    t5Tokenizer: (t) => text.t5Tokenizer(t),
    say: async function* (content) {
      const chat = model.chat({ template: 'a' });
      try {
        yield* chat.say(content);
      } finally {
        chat.dispose();
      }
    },
  };
  it.each(pairs(models, noList))('%s', (_name, call) => expectRefused(call));
  it.each(pairs(lists, noList))('%s', (_name, call) => expectRefused(call));
  it.each(pairs(strings, noText))('%s', (_name, call) => expectRefused(call));
  it.each(pairs({ deserialize }, { undefined: undefined, null: null, NaN: Number.NaN, 'an object': {} } as Wrong))(
    '%s',
    (_name, call) => expectRefused(call),
  );

  it('complete says that messages go to chat', () =>
    expectRefused(() => model.complete([{ role: 'user', content: 'a' }] as never), /chat\(\)\.say/));

  it('labels too few, too many and out of range are named', async () => {
    for (const labels of [[[1, 2]], [[1, 2, 3, 4]], [], [[1, 2, 3], [1]], [[1, 2, 300]], [[1, 2, -1]], [[1, 2, 0.5]]]) {
      const data = [{ inputs: [[1, 2, 3]], labels }];
      await expectRefused(() => training.train(model, data, { optimizer, steps: 1 }), /label/);
      await expectRefused(() => training.evaluate(model, data), /label/);
    }
    const ofClasses = new GptClassifier(classifier as never, { family: llamaFamily as never });
    initialize(ofClasses, 1);
    for (const labels of [[], [0], [0, 1, 1], [0, 2], [0, -1]])
      await expectRefused(() => ofClasses.loss([[1], [2]], labels), /label/);
    ofClasses.dispose();
  });
});

describe('a step', () => {
  const stateAfter = (rows: number[][]) => {
    const tokens = tokenTensor(rows, CONFIG.vocabularySize);
    const { logits, state } = model.step(tokens, model.initState(rows.length));
    dispose([logits, tokens]);
    return state;
  };

  it('refuses tokens of another rank or dtype, and what is no tensor', async () => {
    for (const wrong of [undefined, null, 5, [[1]], 'x'])
      await expectRefused(() => model.step(wrong as never, model.initState(1)), /tokens/);
    for (const make of [() => tensor2d([[1]]), () => tensor1d([1], 'int32')]) {
      const tokens = make();
      await expectRefused(() => model.step(tokens as never, model.initState(1)), /tokens/);
      dispose(tokens);
    }
  });

  it('refuses a state of another batch, of another model and a disposed one', async () => {
    const tokens = tensor2d([[1]], [1, 1], 'int32');
    const [one, two] = [
      [[1, 2, 3]],
      [
        [1, 2],
        [3, 4],
      ],
    ].map(stateAfter) as [never, never];
    await expectRefused(() => model.step(tokens, two), /batch|sequences|rows/);
    await expectRefused(() => reorder(two as StateTree, [2]), /rows/);
    disposeState(two);
    await expectRefused(() => model.step(tokens, two), /dispose|batch/);
    for (const state of [
      undefined,
      null,
      5,
      {},
      [],
      { length: 0 },
      { length: 0, blocks: [] },
      { ...(one as object), length: 9 },
    ])
      await expectRefused(() => model.step(tokens, state as never), /state/);
    disposeState(one);
    await expectRefused(() => model.step(tokens, one), /dispose/);
    dispose(tokens);
  });

  it('refuses a batch that is none', async () => {
    for (const count of [undefined, null, -1, 1.5, Number.NaN, '1'])
      await expectRefused(() => model.initState(count as never), /batchSize/);
  });
});

describe('what is gone', () => {
  const entries: Entries = {
    generate: (m: Gpt) => generate(m, [[1]]),
    complete: (m: Gpt) => m.complete('a'),
    chat: async function* (m: Gpt) {
      yield* m.chat({ template: '{{ messages[0].content }}' }).say('a');
    },
    train: (m: Gpt) => training.train(m, batches, { optimizer, steps: 1 }),
    evaluate: (m: Gpt) => training.evaluate(m, batches),
    savePretrained: (m: Gpt) => m.savePretrained(filesSink()),
    Lora: (m: Gpt) => new Lora(m).merge(),
    quantize: (m: Gpt) => quantize(m, { weights: 'int8' } as never),
  };

  it.each(Object.entries(entries))('%s of a disposed model', async (name, call) => {
    const gone = Gpt.create(CONFIG as never, { family: llamaFamily as never, tokenizer });
    gone.dispose();
    await expectRefused(() => call(gone as never), name === 'quantize' ? /values/ : /disposed/);
  });

  it.each(Object.entries(entries))('%s of a model on a closed backend', async (name, call) => {
    const backend = await openBackend('wasm', { threads: 1 });
    const gone = Gpt.create(CONFIG as never, { family: llamaFamily as never, tokenizer });
    backend.close();
    await openBackend('cpu');
    await expectRefused(() => call(gone as never), name === 'quantize' ? /values|closed/ : /closed/);
  });

  it('a conversation, an adapter', async () => {
    const chat = model.chat({ template: 'a' });
    chat.dispose();
    await expectRefused(() => chat.say('a'), /disposed/);
    const lora = peftLora(model, weightRules(model), { rank: 2 });
    await expectRefused(() => model.savePretrained(filesSink()), /merged or removed/);
    await expectRefused(() => peftLora(model, weightRules(model), { rank: 2 }), /not adapted yet/);
    lora.remove();
    expect(() => lora.remove()).not.toThrow();
  });
});
