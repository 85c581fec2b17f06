import { argMax, dispose, tidy } from '@tensorflow/tfjs-core';
import type { TaskScore } from '../../protocol/train.js';
import { type Example, NOT_ASKED, type Task } from '../../tasks/index.js';
import { type CausalModel, disposeState, Random, tokenTensor } from '../packages.js';
import { drawExamples } from './data.js';

const EXAMPLES = 32;
const TIMES = [1, 2, 4];

/** How much of a task is right, at the trained length and beyond. The examples are the same each time. */
export async function scoreOf(model: CausalModel, task: Task, size: number, step: number): Promise<TaskScore> {
  const lengths: TaskScore['lengths'][number][] = [];
  let places: TaskScore['places'] = [];
  for (const times of TIMES) {
    const drawn = drawExamples(task, size * times, EXAMPLES, Random.fromSeed(`score ${task.id} ${times}`));
    const answers = await answersOf(model, drawn);
    const hits = drawn.flatMap((example, row) => hitsOf(example, answers[row]!));
    lengths.push({ size: size * times, tokens: drawn[0]!.inputs.length, accuracy: meanOf(hits) });
    if (times === 1) places = byPlace(hits);
  }
  return { step, lengths, places };
}

/** The most likely next token at each position of an example. */
export async function answersOf(model: CausalModel, examples: readonly Example[]): Promise<number[][]> {
  const found = tidy(() => {
    const tokens = tokenTensor(
      examples.map(({ inputs }) => inputs),
      model.vocabularySize,
    );
    const state = model.initState(examples.length);
    const { logits, state: next } = model.step(tokens, state);
    const likeliest = argMax(logits, 2);
    disposeState(next);
    disposeState(state);
    return likeliest;
  });
  const values = await found.data();
  dispose(found);
  const length = examples[0]!.inputs.length;
  return examples.map((_, row) => Array.from(values.slice(row * length, (row + 1) * length)));
}

interface Hit {
  readonly place: number;
  readonly isRight: boolean;
}

/** Whether each asked place is right. */
export function hitsOf({ labels, places }: Example, answer: readonly number[]): Hit[] {
  const asked = labels.flatMap((label, index) => (label === NOT_ASKED ? [] : [label === answer[index]]));
  return asked.map((isRight, index) => ({ place: places[index]!, isRight }));
}

function byPlace(hits: readonly Hit[]): TaskScore['places'] {
  const places = [...new Set(hits.map(({ place }) => place))].sort((a, b) => a - b);
  return places.map((place) => ({ place, accuracy: meanOf(hits.filter((hit) => hit.place === place)) }));
}

function meanOf(hits: readonly Hit[]): number {
  return hits.filter(({ isRight }) => isRight).length / hits.length;
}
