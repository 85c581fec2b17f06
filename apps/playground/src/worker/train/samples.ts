import type { Recipe } from '../../protocol/recipe.js';
import type { Sample } from '../../protocol/train.js';
import { NOT_ASKED } from '../../tasks/index.js';
import { type CausalModel, generateSequences, Random } from '../packages.js';
import { drawExamples, type RunData } from './data.js';
import { answersOf, hitsOf } from './scores.js';

const TEMPERATURE = 0.8;
/** About a line of text: characters are short, byte pairs longer. */
const TOKENS = { characters: 72, pairs: 26 };

/** Shares of the budget after which every run writes. */
const MILESTONES = [0.1, 0.35, 1];
/** With a budget in seconds the number of steps is unknown. */
const FIXED_MILESTONES = [50, 200, 1000];

export function milestonesOf(steps: number | null): readonly number[] {
  if (steps === null) return FIXED_MILESTONES;
  return [...new Set(MILESTONES.map((share) => Math.max(1, Math.round(share * steps))))];
}

/** A generated sample at a step, with the same prompt, seed and temperature for every run. */
export async function sampleOf(model: CausalModel, data: RunData, recipe: Recipe, step: number): Promise<Sample> {
  if (data.source.kind === 'task') return answerOf(model, data, recipe, step);
  const { tokenizer, source } = data;
  const ids = tokenizer.encode(source.prompt);
  const isCharacters = recipe.data.kind === 'text' && recipe.data.tokens === 'characters';
  const maxTokens = isCharacters ? TOKENS.characters : TOKENS.pairs;
  const options = { temperature: TEMPERATURE, seed: recipe.seed, maxTokens };
  const [written] = await generateSequences(model, [ids], options);
  const whole = tokenizer.decode([...ids, ...written![0]!.tokens]);
  return { step, prompt: source.prompt, text: whole.slice(source.prompt.length).replaceAll('\ufffd', '') };
}

/** A question of the task, and the model's answer to it. */
async function answerOf(model: CausalModel, { source }: RunData, recipe: Recipe, step: number): Promise<Sample> {
  if (source.kind !== 'task' || recipe.data.kind !== 'task') throw new Error('A sample of a task needs a task');
  const { task } = source;
  const [example] = drawExamples(task, recipe.data.size, 1, Random.fromSeed(`sample ${task.id}`));
  const [answer] = await answersOf(model, [example!]);
  const asked = example!.labels.flatMap((label, index) => (label === NOT_ASKED ? [] : [index]));
  return {
    step,
    prompt: example!.inputs
      .slice(0, asked[0]! + 1)
      .map((id) => task.symbols[id])
      .join(''),
    text: asked.map((index) => task.symbols[answer![index]!]).join(''),
    right: hitsOf(example!, answer!).map(({ isRight }) => isRight),
  };
}
