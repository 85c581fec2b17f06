import { basename, join } from 'node:path';
import { type Checkpoint, ConfigReader, folderSource, openCheckpoint, type StoredTensor, texts } from '@sequitur/core';
import { compareNumbers, type Finding, type FolderReport, summarize } from '../comparison.js';
import { readJson, readTensors } from '../golden.js';
import { checkpointOfRecipe, type WeightsRecipe } from '../weights-recipe.js';
import { families } from './architectures.js';
import { compareCache } from './cache.js';
import type { CausalUnderTest } from './causal-under-test.js';
import { compareGenerate, type GenerateCase } from './generate-cases.js';
import { compareGradients } from './gradients.js';
import { type ModelInputs, runForward } from './run-forward.js';
import { compareSamples } from './samples.js';

interface Inputs {
  readonly inputs: ModelInputs;
  readonly labels?: { readonly labels?: readonly (readonly number[])[] };
  readonly variants?: readonly { readonly tag: string; readonly inputs: ModelInputs }[];
}

interface Expected {
  readonly note?: string;
  readonly grad_norms?: Readonly<Record<string, number>>;
  readonly generate?: readonly GenerateCase[];
  readonly positions?: readonly number[];
}

/** Builds the model that config.json describes, and compares all that its folder expects of it. */
export async function conformModel(folder: string): Promise<FolderReport> {
  const source = folderSource(folder);
  const json = await ConfigReader.open(source);
  const modelType = json.maybe('model_type', (value) => String(value)) ?? 'none';
  const architectures = json.maybe('architectures', texts) ?? [];
  const family = families.find((candidate) => candidate.modelType === modelType);
  const refuse = (detail: string): FolderReport => ({ folder, verdict: 'unsupported', findings: [], detail });
  if (!family) return refuse(`model_type ${modelType} is not built yet`);
  const expectedFolder = await folderOfExpectations(folder);
  const [inputs, expected, tensors] = [
    await readJson<Inputs>(expectedFolder, 'inputs.json'),
    await readJson<Expected>(expectedFolder, 'expected.json'),
    await readTensors(expectedFolder, 'expected.safetensors'),
  ];
  if (!inputs?.inputs || !expected || !tensors) return refuse('no inputs.json and expected values to compare with');
  const checkpoint = await openWeights(folder);
  const under = await family.open(json, architectures, checkpoint);
  await checkpoint.close();
  if (!under) return refuse(`${architectures.join(', ')} is not built yet`);
  try {
    const findings = await compareModel(under, inputs, expected, tensors);
    return summarize(folder, [...findings, ...uncompared(findings, tensors)]);
  } finally {
    under.model.dispose();
  }
}

async function compareModel(
  under: CausalUnderTest,
  { inputs, labels, variants = [] }: Inputs,
  expected: Expected,
  tensors: ReadonlyMap<string, StoredTensor>,
): Promise<Finding[]> {
  const outputs = await runForward(under, inputs);
  const findings: Finding[] = [];
  for (const [name, { values }] of outputs) {
    const wanted = tensors.get(name);
    if (wanted) findings.push(compareNumbers(name, values, wanted.values));
  }
  findings.push(...compareSamples(outputs, tensors, expected.positions ?? []));
  for (const { tag, inputs: own } of variants) {
    for (const [name, { values }] of await runForward(under, own)) {
      const wanted = tensors.get(`${tag}/${name}`);
      if (wanted) findings.push(compareNumbers(`${tag}/${name}`, values, wanted.values));
    }
  }
  if (labels?.labels && tensors.has('loss')) {
    const norms = expected.grad_norms ?? {};
    findings.push(...(await compareGradients(under, inputs, labels.labels, { tensors, norms })));
  }
  if (tensors.has('cache/prefill_logits')) findings.push(...(await compareCache(under, inputs, tensors)));
  for (const wanted of expected.generate ?? []) findings.push(await compareGenerate(under.model, wanted));
  return findings;
}

/** A folder may say that its expectations lie in another one beside it. */
async function folderOfExpectations(folder: string): Promise<string> {
  const own = await readJson<Expected>(folder, 'expected.json');
  if (await readJson(folder, 'inputs.json')) return folder;
  const [, other] = /expected outputs: \.\.\/([\w.-]+)/.exec(own?.note ?? '') ?? [];
  return other ? join(folder, '..', basename(other)) : folder;
}

async function openWeights(folder: string): Promise<Checkpoint> {
  const recipe = await readJson<WeightsRecipe>(folder, 'weights_recipe.json');
  return recipe ? checkpointOfRecipe(recipe, folder) : openCheckpoint(folderSource(folder));
}

/** What the folder expects and nothing was compared with: silence would look like a pass. */
function uncompared(findings: readonly Finding[], tensors: ReadonlyMap<string, StoredTensor>): Finding[] {
  const compared = new Set(findings.map(({ name }) => name));
  return [...tensors.keys()]
    .filter((name) => !compared.has(name))
    .map((name) => ({ name, verdict: 'unsupported', detail: 'nothing of ours corresponds to it' }));
}
