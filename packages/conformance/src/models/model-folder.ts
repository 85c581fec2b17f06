import { basename, join } from 'node:path';
import { type GenerationSettings, isGenerationSetting } from '@sequitur/generation';
import {
  Auto,
  type Family,
  type FileSource,
  folderSource,
  readJsonObject,
  type StoredTensor,
} from '@sequitur/pretrained';
import { compareNumbers, type Finding, type FolderReport, summarize } from '../comparison.js';
import { readJson, readTensors } from '../golden.js';
import { recipeSource, type WeightsRecipe } from '../recipe-source.js';
import { models, underTest } from './families.js';
import { compareGenerate, type GenerateCase } from './generate-cases.js';
import { compareGradients } from './gradients.js';
import type { Labels, ModelInputs, ModelUnderTest, ModelWithOwnFormat } from './model-under-test.js';
import { readOutputs } from './read-outputs.js';
import { compareRoundTrip } from './round-trip.js';
import { compareSamples } from './samples.js';

interface Inputs {
  readonly inputs: ModelInputs;
  readonly labels?: Labels;
  readonly variants?: readonly Variant[];
}

interface Variant {
  readonly tag: string;
  readonly inputs: ModelInputs;
  readonly labels?: Labels;
  readonly forward_kwargs?: Pick<ModelInputs, 'output_router_logits'>;
}

interface Expected {
  readonly note?: string;
  readonly grad_norms?: Readonly<Record<string, number>>;
  readonly generate?: readonly GenerateCase[];
  readonly positions?: readonly number[];
}

/** Builds the model of a config.json, and compares it with all expected values of the folder. */
export async function conformModel(folder: string): Promise<FolderReport> {
  const refuse = (detail: string): FolderReport => ({ folder, verdict: 'unsupported', findings: [], detail });
  const expectedFolder = await folderOfExpectations(folder);
  const [inputs, expected, tensors] = [
    await readJson<Inputs>(expectedFolder, 'inputs.json'),
    await readJson<Expected>(expectedFolder, 'expected.json'),
    await readTensors(expectedFolder, 'expected.safetensors'),
  ];
  if (!inputs || !expected || !tensors) return refuse('no inputs.json and expected values to compare with');
  const opened = await openModel(folder);
  if (typeof opened === 'string') return refuse(opened);
  const { under } = opened;
  try {
    if (!('compare' in under) && !inputs.inputs) {
      return refuse('an inputs.json in a format that is not known for this class');
    }
    const findings =
      'compare' in under
        ? await under.compare(tensors)
        : await compareModel(under, inputs, expected, tensors, await generationDefaults(folder));
    return summarize(folder, [...findings, ...uncompared(findings, tensors), ...(await opened.roundTrip())]);
  } finally {
    under.model.dispose();
  }
}

/** The model of a folder, loaded as by a user, or the reason why it is not supported. The caller disposes `model`. */
export async function openModel(
  folder: string,
): Promise<{ under: ModelUnderTest | ModelWithOwnFormat; roundTrip: () => Promise<Finding[]> } | string> {
  const { model_type: modelType = 'none', architectures } = ((await readJsonObject(
    folderSource(folder),
    'config.json',
  )) ?? {}) as Configuration;
  const family = models
    .flatMap((model): readonly Family[] => model.families)
    .find((one) => one.modelType === modelType);
  if (!family) return `model_type ${modelType} is not built yet`;
  const named = architectures?.[0];
  if (named !== undefined && !Object.hasOwn(family.classes, named)) return `${named} is not built yet`;
  const segments = await segmentLength(folder);
  const load = (source: FileSource) => Auto.fromPretrained(source, { models, ...segments });
  const model = await load(await sourceOf(folder));
  const under = await underTest(model, folder);
  if (under) return { under, roundTrip: () => compareRoundTrip(folder, load) };
  model.dispose();
  return 'inputs in an unknown format';
}

interface Configuration {
  readonly model_type?: string;
  readonly architectures?: readonly string[] | null;
}

/** Segment length of a folder's sequences, for families whose configuration does not have it. */
async function segmentLength(folder: string): Promise<{ readonly segmentLength?: number }> {
  for (const file of ['segments.json', 'inputs.json']) {
    const said = await readJson<{ segment_len?: number }>(folder, file);
    if (said?.segment_len !== undefined) return { segmentLength: said.segment_len };
  }
  return {};
}

async function compareModel(
  under: ModelUnderTest,
  { inputs, labels, variants = [] }: Inputs,
  expected: Expected,
  tensors: ReadonlyMap<string, StoredTensor>,
  defaults: GenerationSettings,
): Promise<Finding[]> {
  const hasLabels = labels && Object.keys(labels).length > 0;
  const outputs = await readOutputs(under.forward(inputs, hasLabels ? labels : undefined, true));
  const findings: Finding[] = [];
  const compare = (name: string, found: Float32Array) => {
    const wanted = tensors.get(name);
    if (wanted) findings.push(compareNumbers(name, found, wanted.values));
  };
  for (const [name, { values }] of outputs) compare(name, values);
  findings.push(...compareSamples(outputs, tensors, expected.positions ?? []));
  for (const { tag, inputs: own, labels: ownLabels, forward_kwargs: asked } of variants) {
    const routed = asked?.output_router_logits ? { output_router_logits: true } : {};
    const found = await readOutputs(under.forward({ ...own, ...routed }, ownLabels, true));
    for (const [name, { values }] of found) compare(`${tag}/${name}`, values);
  }
  if (hasLabels && tensors.has('loss')) {
    const norms = expected.grad_norms ?? {};
    findings.push(...(await compareGradients(under, inputs, labels, { tensors, norms })));
  }
  findings.push(...((await under.compareMore?.(inputs, tensors)) ?? []));
  for (const wanted of expected.generate ?? []) findings.push(...(await compareGenerate(under, wanted, defaults)));
  return findings;
}

/** The folder with the expected values: a folder may refer to a sibling. */
async function folderOfExpectations(folder: string): Promise<string> {
  const own = await readJson<Expected>(folder, 'expected.json');
  if (await readJson(folder, 'inputs.json')) return folder;
  const [, other] = /expected outputs: \.\.\/([\w.-]+)/.exec(own?.note ?? '') ?? [];
  return other ? join(folder, '..', basename(other)) : folder;
}

/** Default settings of Hugging Face's `generate`: generation_config.json, else config.json. */
async function generationDefaults(folder: string): Promise<GenerationSettings> {
  for (const file of ['generation_config.hf.json', 'generation_config.json']) {
    const own = await readJson<Record<string, unknown>>(folder, file);
    if (own) return own;
  }
  const config = (await readJson<Record<string, unknown>>(folder, 'config.json')) ?? {};
  return Object.fromEntries(Object.entries(config).filter(([name]) => isGenerationSetting(name)));
}

async function sourceOf(folder: string): Promise<FileSource> {
  const recipe = await readJson<WeightsRecipe>(folder, 'weights_recipe.json');
  return recipe ? recipeSource(recipe, folderSource(folder)) : folderSource(folder);
}

/** Findings for expected tensors that were not compared: silence would look like a pass. */
function uncompared(findings: readonly Finding[], tensors: ReadonlyMap<string, StoredTensor>): Finding[] {
  const compared = new Set(findings.map(({ name }) => name));
  return [...tensors.keys()]
    .filter((name) => !compared.has(name))
    .map((name) => ({ name, verdict: 'unsupported', detail: 'not compared: Sequitur has no counterpart' }));
}
