/** Trains Mamba or S4D on selective copying or induction heads. */
import { SequiturError } from '@sequitur/core';
import { runRecipe } from '@sequitur/recipe';
import { inductionHeads } from './induction-heads.js';
import { type ModelName, models } from './models.js';
import { selectiveCopying } from './selective-copying.js';
import { study } from './study.js';

const tasks = { [selectiveCopying.name]: selectiveCopying, [inductionHeads.name]: inductionHeads };

const command = {
  name: 'state-space-tasks',
  about: 'Trains a small state space model on a synthetic task of the Mamba paper, and evaluates it.',
  seconds: 600,
  extra: {
    task: { value: '<name>', help: `${Object.keys(tasks).join(' or ')} (default ${selectiveCopying.name})` },
    model: { value: '<name>', help: `${Object.keys(models).join(' or ')} (default mamba)` },
  },
};

await runRecipe(command, async (options) => {
  const { task = selectiveCopying.name, model = 'mamba' } = options.extra;
  const chosen = tasks[task];
  if (!chosen) throw unknown('--task', Object.keys(tasks), task);
  if (!Object.hasOwn(models, model)) throw unknown('--model', Object.keys(models), model);
  await study(chosen, model as ModelName, options);
});

function unknown(where: string, names: readonly string[], got: string): SequiturError {
  return new SequiturError({ where, expected: `one of ${names.join(', ')}`, got });
}
