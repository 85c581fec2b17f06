import { type RunOptions, runTraining, saveResults } from '@sequitur/recipe';
import { adamW, nextTokenLoss, warmUpThenCosine } from '@sequitur/train';
import { accuracy } from './accuracy.js';
import { type ModelName, models } from './models.js';
import { batchesOf, firstBatches, type Task } from './task.js';

/** Trains a model on a task and evaluates its accuracy at every test length. */
export async function study(task: Task, name: ModelName, options: RunOptions): Promise<void> {
  const { seed } = options;
  const model = models[name]({ vocabularySize: task.vocabularySize, seed });
  const result = await runTraining(
    model,
    {
      title: `${task.name} by ${name}`,
      unit: 'nats per answer',
      loss: nextTokenLoss,
      data: () => batchesOf(task, { batchSize: task.batchSize, seed, forTraining: true }),
      validation: firstBatches(task, 4, { batchSize: 32, seed: `${seed}, validation` }),
      optimizer: (steps) => {
        const learningRate = warmUpThenCosine({ peak: 4e-3, warmUp: Math.min(100, steps), steps, lowest: 1e-4 });
        return adamW({ learningRate, weightDecay: 0 });
      },
    },
    options,
  );
  const right: Record<string, number> = {};
  for (const length of task.testLengths) {
    const [count, batchSize] = length <= 4096 ? [4, 32] : [1, 32];
    const batches = firstBatches(task, count, { batchSize, seed: `${seed}, test`, length });
    right[`right at length ${length}`] = await accuracy(model, batches);
    console.log(`length ${length}: ${(100 * right[`right at length ${length}`]!).toFixed(1)} % right`);
  }
  await saveResults(options.folder, { model: name, ...result, ...right });
  model.dispose();
}
