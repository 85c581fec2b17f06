import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { slidingWindow } from '@sequitur/attention';
import { parameterCount, parametersOf } from '@sequitur/core';
import { causalModelLaws, onEachBackend } from '@sequitur/laws';
import { adamW, nextTokenLoss, trainStep } from '@sequitur/train';
import { dispose } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  attention,
  infiniAttention,
  LanguageModel,
  type LanguageModelConfig,
  linearAttention,
  transformerXlAttention,
} from '../src/index.js';

const blocks = [
  attention({ heads: 2, keyHeads: 1, pattern: slidingWindow(5) }),
  attention({ heads: 4, positions: { kind: 'alibi' }, hiddenWidth: 12 }),
];
const config = { vocabularySize: 11, width: 8, blocks };

causalModelLaws('a model of parts', () => new LanguageModel(config), {
  innerPadding: false, // its window counts positions: padding between tokens is refused
  cost: (length) => costOf(config, length),
});

function costOf(parts: LanguageModelConfig, length: number) {
  const model = new LanguageModel(parts);
  return { ...model.cost(length), parameters: parameterCount(model) };
}

const recurrentParts = [
  linearAttention({ heads: 2 }),
  infiniAttention({ heads: 2, segmentLength: 4 }),
  transformerXlAttention({ heads: 2, memoryLength: 3, segmentLength: 8, hiddenWidth: 10 }),
];

causalModelLaws('recurrent memories as parts', () => new LanguageModel({ ...config, blocks: recurrentParts }), {
  ...{ leftPadding: false, packing: false, gradientThroughState: false, length: 7 },
  cost: (length) => costOf({ ...config, blocks: recurrentParts }, length),
});

it('keeps as much of a long text as of a short one', () => {
  const { blocks, ...sizes } = { ...config, blocks: recurrentParts };
  const saved = JSON.parse(JSON.stringify(blocks.map(({ options }) => options)));
  const again = [linearAttention, infiniAttention, transformerXlAttention].map((part, index) => part(saved[index]));
  const bytes = (length: number) => costOf({ ...sizes, blocks: again }, length).stateBytes;
  expect(bytes(24)).toBeGreaterThan(0);
  expect(bytes(24_000)).toBe(bytes(24));
});

onEachBackend('a model of parts', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sequitur-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is saved as plain JSON and loaded with a list of parts', async () => {
    const model = LanguageModel.create({ ...config, tied: false, learnedPositions: 20 }, { seed: 2 });
    await model.savePretrained(folder);
    const again = await LanguageModel.fromPretrained(folder, { parts: [attention] });
    expect(again.config.blocks.map(({ kind, options }) => ({ kind, options }))).toEqual(
      blocks.map(({ kind, options }) => ({ kind, options })),
    );
    expect(again.contextLength).toBe(20);
    expect(parameterCount(again)).toBe(parameterCount(model));
    for (const [path, parameter] of parametersOf(model)) {
      expect(await parametersOf(again).get(path)!.read(), path).toEqual(await parameter.read());
    }
    await expect(LanguageModel.fromPretrained(folder, { parts: [] })).rejects.toThrow(/'?attention/);
    model.dispose();
    again.dispose();
  });

  it('learns', async () => {
    const model = LanguageModel.create(config, { seed: 1 });
    const optimizer = adamW({ learningRate: 2e-2 });
    const losses: number[] = [];
    const batch = { inputs: [[1, 2, 3, 4, 5, 6]], labels: [[2, 3, 4, 5, 6, 7]] };
    for (let step = 1; step <= 40; step++) {
      const { loss, gradientNorm } = trainStep(model, () => nextTokenLoss(model, batch, {}), optimizer, { step });
      losses.push((await loss.data())[0]!);
      dispose([loss, gradientNorm]);
    }
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 4);
    optimizer.dispose();
    model.dispose();
  });
});
