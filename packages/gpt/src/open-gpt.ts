import { Module, type Parameter, parametersOf } from '@sequitur/core';
import {
  type Checkpoint,
  type CheckpointMetadata,
  ConfigReader,
  type FileSource,
  type HubOptions,
  type LoadProgress,
  loadWeights,
  oneOf,
  openCheckpoint,
  readCheckpointMetadata,
  rule,
  texts,
  transposed,
  type WeightRule,
} from '@sequitur/pretrained';
import { openTokenizer, type Tokenizer } from '@sequitur/text';
import { gptFamilies } from './families/index.js';
import type { GptConfig, GptFamily } from './family.js';

export interface LoadGptOptions extends HubOptions {
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Which families to look among; default all of this package. */
  readonly families?: readonly GptFamily[];
}

/** What is known of a model before its weights are read. */
export interface OpenedGpt {
  readonly config: GptConfig;
  readonly family: GptFamily;
  readonly tokenizer: Tokenizer | null;
  readonly metadata: CheckpointMetadata;
}

/** Reads a configuration by the family that its `model_type` names. */
export function readGptConfig(
  json: ConfigReader,
  families: readonly GptFamily[] = gptFamilies,
): { readonly family: GptFamily; readonly config: GptConfig; readonly architecture: string } {
  const modelType = json.take('model_type', oneOf(families.map((family) => family.modelType)));
  const family = families.find((candidate) => candidate.modelType === modelType)!;
  const [architecture = family.classes.languageModel] = json.maybe('architectures', texts) ?? [];
  return { family, config: family.readConfig(json), architecture };
}

/** Reads a folder: `build` makes the model out of what its files say, then its weights are filled in. */
export async function openGpt<M extends Module>(
  source: FileSource,
  options: LoadGptOptions,
  build: (opened: OpenedGpt) => M,
  optional: readonly string[] = [],
): Promise<M> {
  const { family, config, architecture } = readGptConfig(await ConfigReader.open(source), options.families);
  const tokenizer = await openTokenizer(source);
  const checkpoint = await openCheckpoint(source);
  try {
    const metadata = { architecture, ...(await readCheckpointMetadata(source, checkpoint)) };
    const model = build({ config, family, tokenizer, metadata });
    try {
      await fillGpt(model, { config, family }, checkpoint, { ...options, optional });
    } catch (error) {
      model.dispose();
      throw error;
    }
    return model;
  } finally {
    await checkpoint.close();
  }
}

export interface FillGptOptions extends Pick<LoadGptOptions, 'onProgress' | 'signal'> {
  /** Parameters that the checkpoint need not have: they stay empty then. */
  readonly optional?: readonly string[];
}

/** Fills a model from a checkpoint of its family; what only the checkpoint's head has is left out. */
export async function fillGpt(
  model: Module,
  { config, family }: Pick<OpenedGpt, 'config' | 'family'>,
  checkpoint: Checkpoint,
  { optional = [], ...options }: FillGptOptions = {},
): Promise<void> {
  const prefix = [...checkpoint.tensors.keys()].some((name) => name.startsWith(family.prefix)) ? family.prefix : '';
  const rules = rulesOf(family, config, prefix);
  const paths = parametersOf(model);
  const absent = ({ checkpoint: name, parameters: [path] }: WeightRule) =>
    optional.includes(path!) && !checkpoint.tensors.has(name);
  const left = new Set(rules.filter(absent).map(({ parameters: [path] }) => path!));
  const heads = rules.filter(({ parameters: [path] }) => HEADS.includes(path!) && !paths.has(path!));
  const ignore = [...family.ignoredTensors(prefix), ...heads.map((rule) => rule.checkpoint)];
  await loadWeights(left.size ? without(paths, left) : model, checkpoint, rules, { ...options, ignore });
}

/** The parameters of a model but for some, under the paths that they have there. */
function without(parameters: ReadonlyMap<string, Parameter>, left: ReadonlySet<string>): Module {
  const kept = [...parameters].filter(([path]) => !left.has(path));
  return Object.assign(new Selection(), Object.fromEntries(kept));
}

class Selection extends Module {}

/** What predicts tokens, and what classifies: a model has one of them, or none. */
const HEADS = ['head.weight', 'score.weight'];

/** The names of all tensors of a family, heads included. */
export function rulesOf<Config extends GptConfig>(
  family: GptFamily<Config>,
  config: Config,
  prefix: string,
): readonly WeightRule[] {
  return [...family.rules(config, prefix), rule('score.weight', 'score.weight', transposed)];
}
