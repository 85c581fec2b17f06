import { join } from 'node:path';
import { Gpt } from '@sequitur/gpt';
import { firstBatches, type RunOptions, runTraining, saveResults } from '@sequitur/recipe';
import { adamW, warmUpThenCosine } from '@sequitur/train';
import { RecurrentMemoryModel } from '@sequitur/transformer';
import { type Reading, recallAccuracy, recallLoss } from './recall-loss.js';
import { chanceOf, type RecallTask, recallTexts, vocabularyOf } from './recall-task.js';

const MEMORY_TOKENS = 4;
const TASK: RecallTask = { facts: 4, keys: 8, values: 8, noises: 8, segmentLength: 8 };
const SEGMENTS = 4;
/** Number of batches until sequences get one more segment. */
const GROW_EVERY = 150;

/** Trains with memory and without, and evaluates the recall of both. */
export async function study(options: RunOptions): Promise<void> {
  const steps = await studyReading('with memory', options);
  await studyReading('without memory', { ...options, limit: { steps } });
}

/** @returns the number of steps taken */
async function studyReading(reading: Reading, { folder: place, ...options }: RunOptions): Promise<number> {
  const { seed } = options;
  const folder = join(place, reading.replaceAll(' ', '-'));
  const model = createModel(seed);
  console.log(`\n${reading}`);
  const exam = (segments: number, part: string) =>
    recallTexts(TASK, { batchSize: 256, seed: `${seed}, ${part}`, segments });
  const result = await runTraining(
    model,
    {
      title: `Associative recall ${reading}`,
      unit: 'nats per answer',
      loss: recallLoss(reading),
      data: () => recallTexts(TASK, { batchSize: 32, seed, segments: SEGMENTS, growEvery: GROW_EVERY }),
      validation: firstBatches(exam(SEGMENTS, 'validation'), { batches: 1, of: 1 }),
      optimizer: (steps) => {
        const learningRate = warmUpThenCosine({ peak: 3e-3, warmUp: Math.min(100, steps), steps, lowest: 3e-4 });
        return adamW({ learningRate, beta2: 0.99, weightDecay: 0 });
      },
    },
    { ...options, folder },
  );
  const right: Record<string, number> = {};
  for (const segments of [1, 2, 3, SEGMENTS, 2 * SEGMENTS]) {
    const [batch] = firstBatches(exam(segments, 'test'), { batches: 1, of: 1 });
    right[`right over ${segments} segments`] = await recallAccuracy(model, batch!, reading);
  }
  await saveResults(folder, { reading, ...result, chance: chanceOf(TASK), ...right });
  model.dispose();
  return result.steps;
}

function createModel(seed: string): RecurrentMemoryModel<Gpt> {
  const { segmentLength } = TASK;
  const sizes = { width: 64, depth: 2, heads: 4, initializerRange: 0.1 };
  const contextLength = segmentLength + 2 * MEMORY_TOKENS;
  const model = Gpt.create({ ...sizes, contextLength, vocabularySize: vocabularyOf(TASK) }, { seed });
  return RecurrentMemoryModel.create(model, { memoryTokens: MEMORY_TOKENS, segmentLength, seed });
}
