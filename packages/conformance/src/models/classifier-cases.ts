import { activationNames, Linear } from '@sequitur/core';
import { mambaMixerRules } from '@sequitur/mamba';
import {
  aBoolean,
  aCount,
  anInteger,
  anything,
  type Checkpoint,
  ConfigReader,
  folderSource,
  linearRules,
  loadWeights,
  oneOf,
  openCheckpoint,
  type WeightRule,
} from '@sequitur/pretrained';
import { MambaMixer } from '@sequitur/ssm';
import { PlainBlock, SequenceClassifier } from '@sequitur/transformer';
import { dispose, keep, type Tensor, type Tensor3D, tensor3d } from '@tensorflow/tfjs-core';
import { compareIds, compareNumbers, type Finding, type FolderReport, summarize } from '../comparison.js';
import { readJson, readTensors } from '../golden.js';
import { compareSavedWeights } from './round-trip.js';

interface Cases {
  readonly cases: readonly { readonly name: string; readonly predicted_class?: readonly number[] }[];
}

/** Tensor names of a feature classifier: a linear layer, one Mamba mixer, mean pooling, a linear layer. */
const EXPECTED_TENSORS = ['linear_in.weight', 'mixer.A_log', 'mixer.in_proj.weight', 'classifier.weight'];

const OBSERVED: Readonly<Record<string, string>> = {
  input: 'projected',
  'blocks.0.output': 'mixer_out',
  pooled: 'pooled',
};

/** Compares a model with cases in the format of operation cases. */
export async function conformClassifier(folder: string): Promise<FolderReport> {
  const refuse = (detail: string): FolderReport => ({ folder, verdict: 'unsupported', findings: [], detail });
  const described = (await readJson<Cases>(folder, 'cases.json'))!;
  const tensors = (await readTensors(folder, 'tensors.safetensors'))!;
  const checkpoint = await openCheckpoint(folderSource(folder));
  const model = await openClassifier(folder, checkpoint);
  const findings: Finding[] = model ? [await compareSavedWeights({ model, rules }, checkpoint)] : [];
  await checkpoint.close();
  if (!model) return refuse('a model other than linear, Mamba mixer, mean, linear');
  for (const { name, predicted_class: predicted } of described.cases) {
    const stored = tensors.get(`${name}/input/x`)!;
    const x = tensor3d(stored.values as Float32Array, [...stored.shape] as [number, number, number]);
    const outputs = outputsOf(model, x);
    for (const [output, found] of Object.entries(outputs)) {
      const wanted = tensors.get(`${name}/output/${output}`);
      if (wanted) findings.push(compareNumbers(`${name}/${output}`, await found.data(), wanted.values));
    }
    if (predicted)
      findings.push(compareIds(`${name}/class`, largest(await outputs.logits!.data(), x.shape[0]), predicted));
    dispose([x, ...Object.values(outputs)]);
  }
  model.dispose();
  const compared = new Set(findings.map(({ name }) => name.replace('/', '/output/')));
  const rest = [...tensors.keys()].filter((name) => name.includes('/output/') && !compared.has(name));
  const missing = rest.map(
    (name): Finding => ({ name, verdict: 'unsupported', detail: 'not compared: Sequitur has no counterpart' }),
  );
  return summarize(folder, [...findings, ...missing]);
}

async function openClassifier(folder: string, checkpoint: Checkpoint): Promise<SequenceClassifier | null> {
  if (EXPECTED_TENSORS.some((name) => !checkpoint.tensors.has(name))) return null;
  const json = await ConfigReader.open(folderSource(folder));
  const width = json.take('hidden_size', anInteger());
  const mixer = new MambaMixer({
    width,
    innerWidth: json.take('intermediate_size', anInteger(), 2 * width),
    stateSize: json.take('state_size', anInteger()),
    kernelSize: json.take('conv_kernel', anInteger()),
    stepRank: json.take('time_step_rank', anInteger()),
    bias: json.take('use_bias', aBoolean, false),
    convolutionBias: json.take('use_conv_bias', aBoolean, true),
    activation: json.take('hidden_act', oneOf(activationNames), 'silu'),
  });
  const classes = json.take('num_labels', aCount);
  const input = new Linear(json.take('input_size', anInteger()), width);
  json.maybe('expand', anything);
  json.finish('mamba');
  const model = new SequenceClassifier({ input, blocks: [new PlainBlock(mixer)], head: new Linear(width, classes) });
  await loadWeights(model, checkpoint, rules);
  return model;
}

const rules: readonly WeightRule[] = [
  ...linearRules('linear_in', 'input'),
  ...mambaMixerRules('mixer', 'blocks.0.mixer'),
  ...linearRules('classifier', 'head'),
];

function outputsOf(model: SequenceClassifier, x: Tensor3D): Record<string, Tensor> {
  const outputs: Record<string, Tensor> = {};
  const logits = model.classify(x, {
    observe: (name, found) => {
      const output = OBSERVED[name];
      if (output) outputs[output] = keep(found.clone());
    },
  });
  return { ...outputs, logits };
}

/** The class with the largest logit in each row. */
function largest(logits: ArrayLike<number>, rows: number): number[] {
  const classes = logits.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const own = Array.from({ length: classes }, (_, index) => logits[row * classes + index]!);
    return own.indexOf(Math.max(...own));
  });
}
