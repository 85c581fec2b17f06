import { type BackendName, openBackend, Random } from '@sequitur/core';
import { Gpt, type Gpt2Config } from '@sequitur/gpt';
import { adamW, nextTokenLoss, type TokenBatch, trainStep } from '@sequitur/train';
import type { Scalar } from '@tensorflow/tfjs-core';
import { type Contender, interleaved, type Timing } from '../measure/interleave.js';
import { type Summary, summarize } from '../measure/statistics.js';
import { useOurs, useStock } from '../stock/stock-backend.js';
import { StockGpt } from '../stock/stock-gpt.js';

export interface TrainingCase {
  readonly title: string;
  readonly config: Gpt2Config;
  readonly batchSize: number;
  /** Number of parts of the batch for tfjs; see {@link StockGpt.trainStep}. */
  readonly stockParts: number;
}

const vocabularySize = 96;

export const trainingCases = {
  small: {
    title: 'character GPT, 4 layers of width 128, 4 heads, context 64, batch 12',
    config: { vocabularySize, contextLength: 64, width: 128, depth: 4, heads: 4 },
    batchSize: 12,
    stockParts: 1,
  },
  large: {
    title: 'GPT with 10.7M parameters, 6 layers of width 384, 6 heads, context 256, batch 8',
    config: { vocabularySize, contextLength: 256, width: 384, depth: 6, heads: 6 },
    batchSize: 8,
    stockParts: 4,
  },
} as const satisfies Record<string, TrainingCase>;

/** Tokens per second of our training step and of tfjs's, interleaved, after checking that their losses agree. */
export async function compareTrainingSteps(spec: TrainingCase, timing: Timing): Promise<Map<string, Summary>> {
  await useOurs();
  const model = Gpt.create(spec.config, { seed: 1 });
  const stock = await StockGpt.like(model);
  const ours = ourStep(model);
  const batch = randomBatch(spec);
  await useStock();
  const theirLoss = await readOnce(stock.trainStep(batch.inputs, batch.labels, spec.stockParts));
  await useOurs();
  const ourLoss = await ours.run(batch);
  if (!(Math.abs(ourLoss - theirLoss) < 1e-4 * theirLoss)) {
    throw new Error(`the same model has loss ${ourLoss} with our step and ${theirLoss} with tfjs's`);
  }
  const contenders: Contender[] = [
    { name: 'Sequitur', prepare: useOurs, run: async () => void (await ours.run(batch)) },
    {
      name: 'tfjs',
      prepare: useStock,
      run: async () => void (await readOnce(stock.trainStep(batch.inputs, batch.labels, spec.stockParts))),
    },
  ];
  const times = await interleaved(contenders, { ...timing, warmUp: 0, leastTime: 300 });
  await useOurs();
  ours.dispose();
  stock.dispose();
  return new Map([...times].map(([name, sample]) => [name, tokensPerSecond(spec, sample)]));
}

/** Tokens per second of our training step on any backend. */
export async function measureTrainingStep(name: BackendName, spec: TrainingCase, timing: Timing): Promise<Summary> {
  const backend = await openBackend(name);
  const ours = ourStep(Gpt.create(spec.config, { seed: 1 }));
  const batch = randomBatch(spec);
  const run = async () => {
    await ours.run(batch);
    await backend.sync();
  };
  const times = await interleaved([{ name, run }], timing);
  ours.dispose();
  return tokensPerSecond(spec, times.get(name)!);
}

function ourStep(model: Gpt) {
  const optimizer = adamW({ learningRate: 1e-3 });
  let step = 0;
  return {
    run: async (batch: TokenBatch): Promise<number> => {
      const { loss, gradientNorm } = trainStep(model, () => nextTokenLoss(model, batch), optimizer, {
        step: ++step,
        maxGradientNorm: 1,
      });
      gradientNorm.dispose();
      return readOnce(loss);
    },
    dispose: () => {
      optimizer.dispose();
      model.dispose();
    },
  };
}

function randomBatch({ config, batchSize }: TrainingCase): TokenBatch {
  const random = Random.fromSeed('training step');
  const row = () => Int32Array.from({ length: config.contextLength }, () => random.integer(config.vocabularySize));
  return { inputs: Array.from({ length: batchSize }, row), labels: Array.from({ length: batchSize }, row) };
}

function tokensPerSecond({ config, batchSize }: TrainingCase, times: readonly number[]): Summary {
  return summarize(times.map((time) => (1000 * batchSize * config.contextLength) / time));
}

async function readOnce(loss: Scalar): Promise<number> {
  const [value] = await loss.data();
  loss.dispose();
  return value!;
}
