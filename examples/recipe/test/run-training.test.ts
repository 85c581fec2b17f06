import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initialize, Linear, meanSquaredError, openBackend } from '@sequitur/core';
import { adamW, warmUpThenCosine } from '@sequitur/train';
import { type Scalar, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type RunOptions, runTraining, type TrainingTask } from '../src/index.js';

let folder: string;
beforeEach(async () => {
  await openBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'sequitur-recipe-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Linear regression: y = 2 x + 1. */
const line: TrainingTask<Linear, readonly number[]> = {
  ...{ title: 'A line', unit: 'squared error', evaluations: 5 },
  data: function* () {
    for (let i = 0; ; i++) yield [i % 3, (i % 5) / 5];
  },
  validation: [[0.5, 1.5]],
  loss: (layer, xs) =>
    tidy(() => {
      const [column, wanted] = [xs.map((x) => [x]), xs.map((x) => [2 * x + 1])];
      return meanSquaredError(layer.apply(tensor2d(column)), tensor2d(wanted)) as Scalar;
    }),
  optimizer: (steps) => adamW({ learningRate: warmUpThenCosine({ peak: 0.1, warmUp: 5, steps }) }),
};

const inFolder = (name: string, options: Partial<RunOptions> = {}): RunOptions => ({
  ...{ folder: join(folder, name), seed: '1', resume: false, limit: { steps: 100 } },
  ...options,
});

async function runOf(options: RunOptions, task = line) {
  const model = initialize(new Linear(1, 1), 1);
  try {
    const result = await runTraining(model, task, options);
    return { result, weights: [...(await model.weight.read()), ...(await model.bias!.read())] };
  } finally {
    model.dispose();
  }
}

/** Simulates Ctrl+C in a step. */
function interruptedAt(moment: number): Partial<RunOptions> {
  const controller = new AbortController();
  return { signal: controller.signal, onStep: ({ step }) => step === moment && controller.abort() };
}

it('trains, draws its curve, and ends with the best model', async () => {
  const { result, weights } = await runOf(inFolder('whole'));
  expect(result).toMatchObject({ steps: 100, parameters: 2, interrupted: false });
  expect(result.validationLoss).toBeLessThan(0.01);
  expect(weights[0]).toBeCloseTo(2, 0);
  const svg = await readFile(join(folder, 'whole/learning-curve.svg'), 'utf8');
  expect(svg).toMatch(/^<svg [^>]*xmlns=/);
  expect(svg).toContain('squared error');
  expect(svg.match(/<path d="M[\d.]+,[\d.]*[1-9][\d.]*L/g)).toHaveLength(2);
  expect(svg.match(/<circle /g)).toHaveLength(5);
});

it('resumes after an interruption to the same result', async () => {
  const whole = await runOf(inFolder('whole'));
  const first = await runOf(inFolder('broken', interruptedAt(33)));
  expect(first.result).toMatchObject({ steps: 33, interrupted: true });
  await expect(runOf(inFolder('broken'))).rejects.toThrow(/unfinished run.*--resume/);
  await expect(runOf(inFolder('broken', { resume: true, limit: { steps: 90 } }))).rejects.toThrow(/100 steps.*got 90/);
  const seen: number[] = [];
  const onStep = ({ step }: { step: number }) => void seen.push(step);
  const resumed = await runOf(inFolder('broken', { resume: true, limit: { seconds: 60 }, onStep }));
  expect(seen[0]).toBe(34);
  const { minutes, processorMinutes } = resumed.result;
  const result = { ...whole.result, minutes, processorMinutes };
  expect(resumed).toEqual({ weights: whole.weights, result });
  const curves = ['whole', 'broken'].map((name) => readFile(join(folder, name, 'checkpoints/curve.jsonl'), 'utf8'));
  const [one, other] = (await Promise.all(curves)).map((text) => text.match(/"validationLoss":[^,}]+/g));
  expect(other).toEqual(one);
  expect(one).toHaveLength(5);
});

it('starts again after a finished run', async () => {
  const first = await runOf(inFolder('again'));
  const second = await runOf(inFolder('again'));
  expect(second.weights).toEqual(first.weights);
});

it('plans the number of steps that fit into the time', async () => {
  const { result } = await runOf(inFolder('timed', { limit: { seconds: 1.5 } }));
  expect(result.steps).toBeGreaterThan(20);
  expect(result.minutes * 60).toBeLessThan(10);
});

it('keeps the best model if it gets worse', async () => {
  const wild: typeof line = {
    ...line,
    evaluations: 10,
    optimizer: () =>
      adamW({ weightDecay: 0, learningRate: (step: number) => (step <= 50 ? 0.1 : 1), ...{ beta1: 0.5, beta2: 0.5 } }),
  };
  const { result } = await runOf(inFolder('wild'), wild);
  const points = (await readFile(join(folder, 'wild/checkpoints/curve.jsonl'), 'utf8')).trim().split('\n');
  const losses = points.map((point) => JSON.parse(point).validationLoss ?? Infinity);
  expect(result.validationLoss).toBe(Math.min(...losses));
  expect(losses.at(-1)).toBeGreaterThan(result.validationLoss);
  expect(existsSync(join(folder, 'wild/checkpoints/checkpoints.json'))).toBe(true);
});
