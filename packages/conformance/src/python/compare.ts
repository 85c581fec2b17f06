import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parametersOf, Random } from '@sequitur/core';
import { nextTokenLoss, sgd, trainStep } from '@sequitur/train';
import { LanguageModel, type LanguageModelConfig } from '@sequitur/transformer';
import { dispose, tensor2d } from '@tensorflow/tfjs-core';
import { CASES, LENGTH, PARTS } from './cases.js';

/** The largest absolute differences between a model here and in Python. */
export interface Difference {
  readonly name: string;
  readonly logits: number;
  /** Largest difference of the loss. */
  readonly loss: number;
  /** Largest difference of the logits after one training step in both. */
  readonly trained: number;
  /** Largest difference of the logits of the model that Python trained and saved, opened here. */
  readonly back: number;
}

interface Case {
  readonly name: string;
  readonly folder: string;
  readonly trained: string;
  readonly ids: readonly (readonly number[])[];
  readonly learningRate: number;
}

interface FromPython {
  readonly loss: number;
  readonly logits: readonly number[];
  readonly after: readonly number[];
}

const LEARNING_RATE = 0.1;

/** Compares each model with the one that Python opens from its folder, before and after a step of training. */
export async function* compareWithPython(
  python: string,
  cases: Readonly<Record<string, LanguageModelConfig>> = CASES,
): AsyncGenerator<Difference> {
  const root = await mkdtemp(join(tmpdir(), 'sequitur-python-'));
  try {
    const saved = await Promise.all(Object.entries(cases).map(([name, config], i) => save(root, name, config, i)));
    let index = 0;
    for await (const line of linesOf(python, saved)) yield await differenceOf(saved[index++]!, JSON.parse(line));
    if (index < saved.length) throw new Error(`expected ${saved.length} answers of ${python}; came: ${index}`);
  } finally {
    await rm(root, { recursive: true });
  }
}

/** A model whose parameters are all drawn at random: what starts at 0 or 1 would hide differences. */
async function save(root: string, name: string, config: LanguageModelConfig, index: number): Promise<Case> {
  const model = LanguageModel.create(config, { seed: name });
  const random = Random.fromSeed(name);
  for (const [, parameter] of parametersOf(model)) {
    const values = (await parameter.read()) as Float32Array;
    parameter.assign(values.map((value) => value + 0.1 * random.normal()));
  }
  const [folder, trained] = [join(root, `${index}`), join(root, `${index}-trained`)];
  await model.savePretrained(folder);
  model.dispose();
  const row = () => Array.from({ length: LENGTH }, () => random.integer(config.vocabularySize));
  return { name, folder, trained, ids: [row(), row()], learningRate: LEARNING_RATE };
}

async function* linesOf(python: string, cases: readonly Case[]): AsyncGenerator<string> {
  const script = fileURLToPath(new URL('step.py', import.meta.url));
  const child = spawn(python, ['-W', 'ignore', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(cases));
  yield* createInterface({ input: child.stdout });
}

async function differenceOf({ name, folder, trained, ids }: Case, python: FromPython): Promise<Difference> {
  const model = await LanguageModel.fromPretrained(folder, { parts: PARTS });
  const logits = distance(await logitsOf(model, ids), python.logits);
  const optimizer = sgd({ learningRate: LEARNING_RATE });
  const batch = { inputs: ids.map((row) => row.slice(0, -1)), labels: ids.map((row) => row.slice(1)) };
  const step = trainStep(model, () => nextTokenLoss(model, batch, {}), optimizer, { step: 1 });
  const [loss] = await step.loss.data();
  const after = distance(await logitsOf(model, ids), python.after);
  dispose([step.loss, step.gradientNorm]);
  optimizer.dispose();
  model.dispose();
  const again = await LanguageModel.fromPretrained(trained, { parts: PARTS });
  const back = distance(await logitsOf(again, ids), python.after);
  again.dispose();
  return { name, logits, loss: Math.abs(loss! - python.loss), trained: after, back };
}

async function logitsOf(model: LanguageModel, ids: Case['ids']): Promise<Float32Array> {
  const tokens = tensor2d(
    ids.map((row) => [...row]),
    undefined,
    'int32',
  );
  const start = model.initState(ids.length);
  const { logits, state } = model.step(tokens, start);
  const values = (await logits.data()) as Float32Array;
  dispose([tokens, logits, start, state] as never);
  return values;
}

/** NaN where one is not finite. */
function distance(a: Float32Array, b: readonly number[]): number {
  if (a.length !== b.length) return Number.NaN;
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);
}
