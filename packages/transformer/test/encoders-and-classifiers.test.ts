import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, scoped, tokenTensor } from '@sequitur/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  bartFamily,
  SequenceEncoder,
  SequenceToSequence,
  SequenceToSequenceClassifier,
  umt5Family,
} from '../src/index.js';

const fixtures = join(import.meta.dirname, '..', '..', 'conformance', 'fixtures');
const TOKENS = [[5, 3, 9, 1]];

describe('an encoder alone, and classifiers of encoder-decoders', () => {
  let folder: string;
  beforeEach(async () => {
    await openBackend('cpu');
    folder = await mkdtemp(join(tmpdir(), 'sequitur-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('the encoder of a whole T5 reads as the T5 does, and is saved without its decoder', async () => {
    const whole = await SequenceToSequence.fromPretrained(join(fixtures, 't5'));
    const alone = await SequenceEncoder.fromPretrained(join(fixtures, 't5'));
    await alone.savePretrained(folder);
    const again = await SequenceEncoder.fromPretrained(folder, { strict: true });
    const read = (model: { encode?: unknown; encoder: SequenceToSequence['encoder'] }) =>
      scoped(() => model.encoder.apply(tokenTensor(TOKENS, 60)));
    const [wanted, found, reread] = [whole, alone, again].map(read);
    expect(await found!.data()).toEqual(await wanted!.data());
    expect(await reread!.data()).toEqual(await wanted!.data());
    for (const part of [whole, alone, again, wanted!, found!, reread!]) part.dispose();
  });

  it('layers of a UMT5 have tables of their own', () => {
    const config = {
      ...{ modelType: 'umt5', vocabularySize: 17, width: 16, headSize: 6, heads: 2, hiddenWidth: 20 },
      ...{ encoderDepth: 2, decoderDepth: 1, decoderStartToken: 0, paddingToken: 0 },
    };
    const model = SequenceEncoder.create(config, umt5Family);
    const [first, second] = model.encoder.stack.blocks.map((block) => {
      return (block as unknown as { mixer: { positions: object } }).mixer.positions;
    });
    expect(first).not.toBe(second);
    model.dispose();
  });

  it('a new head for other labels is trained from what the checkpoint has', async () => {
    const labels = ['bad', 'good'];
    const model = await SequenceToSequenceClassifier.fromPretrained(join(fixtures, 'bart-seqcls'), { labels });
    const batch = { source: [[5, 3, 9, 2], [4, 2, 1, 1]], attentionMask: [[1, 1, 1, 1], [1, 1, 0, 0]] }; // biome-ignore format: rows
    const loss = model.loss(batch, [0, 1]);
    expect((await loss.data())[0]).toBeGreaterThan(0);
    expect(model.labels).toEqual(labels);
    expect(() => model.loss(batch, [0])).toThrow(/labels of shape \[2\] for 2 texts, got 1 labels/);
    expect(() => model.scores({ source: [[5, 3]] })).toThrow(/text 0: expected an end token, 2, got none/);
    await model.savePretrained(folder);
    const again = await SequenceToSequenceClassifier.fromPretrained(folder, { strict: true });
    const [scores, rescored] = [model.scores(batch), again.scores(batch)];
    expect(await rescored.data()).toEqual(await scores.data());
    for (const part of [model, again, loss, scores, rescored]) part.dispose();
  });

  it('are created with random values', async () => {
    const { base } = bartFamily.presets as Record<'base', never>;
    const sizes = { vocabularySize: 17, width: 16, contextLength: 24, encoderDepth: 1, decoderDepth: 1 };
    const heads = { encoderHeads: 2, decoderHeads: 2, encoderHiddenWidth: 20, decoderHiddenWidth: 20 };
    const config = { ...(base as object), ...sizes, ...heads, labels: ['a', 'b', 'c'] };
    const model = SequenceToSequenceClassifier.create(config as never, bartFamily);
    const scores = model.scores({ source: [[4, 5, 2]] });
    expect(scores.shape).toEqual([1, 3]);
    model.dispose();
    scores.dispose();
  });
});
