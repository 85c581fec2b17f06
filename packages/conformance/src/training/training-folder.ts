import { basename, join } from 'node:path';
import { correspondences, type Module, parametersOf, type StoredTensor, type WeightRule } from '@sequitur/core';
import { adamW, everyParameter, type Optimizer, sgd, trainStep } from '@sequitur/train';
import { dispose, type Scalar } from '@tensorflow/tfjs-core';
import { compareNumbers, type Finding, type FolderReport, summarize } from '../comparison.js';
import { readJson, readTensors } from '../golden.js';
import { openModel } from '../models/model-folder.js';
import type { Labels, ModelInputs } from '../models/model-under-test.js';

/** What the runs of such a folder are told, and what PyTorch found. */
interface ExpectedTraining {
  /** Names the model's folder: `start from ../name`. */
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
  /** Before each step. */
  readonly losses: readonly number[];
  readonly grad_norms_before_clip: readonly number[];
  /** After the last step. */
  readonly final_loss: number;
  /** The length of every parameter after the last step. */
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
    const optimizer = optimizerOf(name, expected);
    if (!optimizer) return refuse(`optimizer ${name} is not built yet`);
    try {
      const found = await compareRun(join(folder, '..', basename(start)), optimizer, run, tensorsOf(name, tensors));
      if (typeof found === 'string') return refuse(found);
      findings.push(...found.map((finding) => ({ ...finding, name: `${name}/${finding.name}` })));
    } finally {
      optimizer.dispose();
    }
  }
  return summarize(folder, findings);
}

function optimizerOf(name: string, { lr, adamw, sgd: descent }: ExpectedTraining): Optimizer | null {
  const common = { learningRate: lr[name]!, decays: everyParameter };
  if (name === 'adamw') {
    const [beta1, beta2] = adamw.betas;
    return adamW({ ...common, beta1, beta2, epsilon: adamw.eps, weightDecay: adamw.weight_decay });
  }
  if (name !== 'sgd') return null;
  const { momentum, dampening = 0, nesterov = false, weight_decay: weightDecay = 0 } = descent;
  return sgd({ ...common, momentum, dampening, nesterov, weightDecay });
}

function tensorsOf(run: string, all: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  const own = [...all].filter(([name]) => name.startsWith(`${run}/`));
  return new Map(own.map(([name, value]) => [name.slice(run.length + 1), value]));
}

/** The norm to which gradients are clipped in every such run. */
const CLIP = 1;

async function compareRun(
  modelFolder: string,
  optimizer: Optimizer,
  expected: ExpectedRun,
  tensors: ReadonlyMap<string, StoredTensor>,
): Promise<Finding[] | string> {
  const given = await readJson<{ inputs: ModelInputs; labels: Labels }>(modelFolder, 'inputs.json');
  if (!given) return `no inputs in ${modelFolder}`;
  const under = await openModel(modelFolder);
  if (typeof under === 'string') return under;
  if ('compare' in under) return 'a class whose folders have a form of their own is not trained here';
  try {
    const loss = () => {
      const { loss: value, ...others } = under.forward(given.inputs, given.labels, false);
      dispose(others);
      return value as Scalar;
    };
    const findings: Finding[] = [];
    for (const [index, wanted] of expected.losses.entries()) {
      const result = trainStep(under.model, loss, optimizer, { step: index + 1, clip: CLIP });
      const [value, norm] = await Promise.all([result.loss.data(), result.gradientNorm.data()]);
      dispose([result.loss, result.gradientNorm]);
      findings.push(
        compareNumbers(`loss ${index + 1}`, value, [wanted]),
        compareNumbers(`gradient norm ${index + 1}`, norm, [expected.grad_norms_before_clip[index]!]),
      );
    }
    const last = loss();
    findings.push(compareNumbers('final loss', await last.data(), [expected.final_loss]));
    last.dispose();
    return [...findings, ...(await compareParameters(under.model, under.rules, expected, tensors))];
  } finally {
    under.model.dispose();
  }
}

/** Every parameter's length, and the numbers of those that the folder holds whole, under the checkpoint's names. */
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
    if (length !== undefined) findings.push(compareNumbers(`length of ${checkpoint}`, [lengthOf(joined)], [length]));
    if (wanted) findings.push(compareNumbers(checkpoint, joined, wanted.values));
  }
  const unmatched = [...left].map(
    (name): Finding => ({ name, verdict: 'unsupported', detail: 'nothing of ours corresponds to it' }),
  );
  return [...findings, ...unmatched];
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
