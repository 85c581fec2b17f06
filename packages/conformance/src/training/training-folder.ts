import { basename, join } from 'node:path';
import { type Module, parametersOf } from '@sequitur/core';
import { correspondences, type StoredTensor, type WeightRule } from '@sequitur/pretrained';
import { adamW, everyParameter, type Optimizer, sgd } from '@sequitur/train';
import { compareNumbers, type Finding, type FolderReport, summarize } from '../comparison.js';
import { readJson, readTensors } from '../golden.js';
import { openTrainable } from './opened-model.js';
import { runTraining, type TrainingInputs } from './training-run.js';

/** Settings and expected results (from PyTorch) of a folder of training runs. */
interface ExpectedTraining {
  /** Note that names the model's folder: `start from ../name`. */
  readonly note: string;
  readonly lr: Readonly<Record<string, number>>;
  readonly adamw: { readonly betas: readonly [number, number]; readonly eps: number; readonly weight_decay: number };
  readonly sgd: {
    readonly momentum: number;
    readonly dampening?: number;
    readonly nesterov?: boolean;
    readonly weight_decay?: number;
  };
  readonly runs: Readonly<Record<string, ExpectedRun>>;
}

interface ExpectedRun {
  /** Loss before each step. */
  readonly losses: readonly number[];
  readonly grad_norms_before_clip: readonly number[];
  /** Loss after the last step. */
  readonly final_loss: number;
  /** The L2 norm of every parameter after the last step. */
  readonly param_l2: Readonly<Record<string, number>>;
}

/** Trains the model of another folder for some steps with each optimizer, and compares losses and parameters. */
export async function conformTraining(folder: string): Promise<FolderReport> {
  const expected = (await readJson<ExpectedTraining>(folder, 'expected.json'))!;
  const tensors = (await readTensors(folder, 'expected.safetensors'))!;
  const refuse = (detail: string): FolderReport => ({ folder, verdict: 'unsupported', findings: [], detail });
  const [, start] = /start from \.\.\/([\w.-]+)/.exec(expected.note) ?? [];
  if (!start) return refuse('the note names no folder to start from');
  const findings: Finding[] = [];
  for (const [name, run] of Object.entries(expected.runs)) {
    const create = optimizerOf(name, expected);
    if (!create) return refuse(`optimizer ${name} is not built yet`);
    const found = await compareRun(join(folder, '..', basename(start)), create, run, tensorsOf(name, tensors));
    if (typeof found === 'string') return refuse(found);
    findings.push(...found.map((finding) => ({ ...finding, name: `${name}/${finding.name}` })));
  }
  return summarize(folder, findings);
}

function optimizerOf(name: string, { lr, adamw, sgd: descent }: ExpectedTraining): (() => Optimizer) | null {
  const common = { learningRate: lr[name]!, decays: everyParameter };
  if (name === 'adamw') {
    const [beta1, beta2] = adamw.betas;
    return () => adamW({ ...common, beta1, beta2, epsilon: adamw.eps, weightDecay: adamw.weight_decay });
  }
  if (name !== 'sgd') return null;
  const { momentum, dampening = 0, nesterov = false, weight_decay: weightDecay = 0 } = descent;
  return () => sgd({ ...common, momentum, dampening, nesterov, weightDecay });
}

function tensorsOf(run: string, all: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  const own = [...all].filter(([name]) => name.startsWith(`${run}/`));
  return new Map(own.map(([name, value]) => [name.slice(run.length + 1), value]));
}

async function compareRun(
  modelFolder: string,
  createOptimizer: () => Optimizer,
  expected: ExpectedRun,
  tensors: ReadonlyMap<string, StoredTensor>,
): Promise<Finding[] | string> {
  const given = await readJson<TrainingInputs>(modelFolder, 'inputs.json');
  if (!given) return `no inputs in ${modelFolder}`;
  const under = await openTrainable(modelFolder);
  if (typeof under === 'string') return under;
  const steps = expected.losses.length;
  const optimizer = createOptimizer();
  try {
    const run = await runTraining(under, given, optimizer, steps);
    return [
      ...expected.losses.map((loss, index) => compareNumbers(`loss ${index + 1}`, [run.losses[index]!], [loss])),
      ...expected.grad_norms_before_clip.map((norm, index) =>
        compareNumbers(`gradient norm ${index + 1}`, [run.gradientNorms[index]!], [norm]),
      ),
      compareNumbers('final loss', [run.finalLoss], [expected.final_loss]),
      ...(await compareParameters(under.model, under.rules, expected, tensors)),
    ];
  } finally {
    optimizer.dispose();
    under.model.dispose();
  }
}

/** Compares every parameter's norm, and the values of those that the folder stores, under the checkpoint's names. */
async function compareParameters(
  model: Module,
  rules: readonly WeightRule[],
  { param_l2: lengths }: ExpectedRun,
  tensors: ReadonlyMap<string, StoredTensor>,
): Promise<Finding[]> {
  const parameters = parametersOf(model);
  const findings: Finding[] = [];
  const left = new Set([...Object.keys(lengths), ...tensors.keys()]);
  for (const { checkpoint, parameters: paths, conversion } of correspondences(rules, parameters.keys())) {
    if (!left.delete(checkpoint)) continue;
    const parts = await Promise.all(paths.map((path) => parameters.get(path)!.read()));
    const joined = conversion.join(
      parts,
      paths.map((path) => parameters.get(path)!.shape),
    );
    const [length, wanted] = [lengths[checkpoint], tensors.get(checkpoint)];
    if (length !== undefined) findings.push(compareNumbers(`norm of ${checkpoint}`, [lengthOf(joined)], [length]));
    if (wanted) findings.push(compareNumbers(checkpoint, joined, wanted.values));
  }
  const unmatched = [...left].map(
    (name): Finding => ({ name, verdict: 'unsupported', detail: 'not compared: Sequitur has no counterpart' }),
  );
  return [...findings, ...unmatched];
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
