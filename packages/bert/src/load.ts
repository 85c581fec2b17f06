import { initialize, Module, type Parameter, parametersOf, SequiturError } from '@sequitur/core';
import {
  type Checkpoint,
  ConfigReader,
  correspondences,
  type FileSource,
  fits,
  type LoadProgress,
  loadWeights,
  texts,
} from '@sequitur/pretrained';
import type { BertConfig } from './config.js';
import type { EncoderFamily } from './families/family.js';
import type { HeadPart } from './heads/head.js';
import { rulesOf } from './names.js';

export interface FoundModel {
  readonly family: EncoderFamily;
  readonly config: BertConfig;
  /** The class that the configuration names; null where it names none. */
  readonly architecture: string | null;
}

/** Which model of these families a folder holds. */
export async function readFamily(source: FileSource, families: readonly EncoderFamily[]): Promise<FoundModel> {
  return familyOfConfig(await ConfigReader.open(source), families);
}

export function familyOfConfig(json: ConfigReader, families: readonly EncoderFamily[]): FoundModel {
  const modelType = json.take('model_type', (value) => String(value), 'none');
  const family = families.find((candidate) => candidate.modelType === modelType);
  if (!family) {
    throw new SequiturError({
      where: `${json.where}, model_type`,
      expected: `one of ${families.map((candidate) => candidate.modelType).join(', ')}`,
      got: modelType,
    });
  }
  const [architecture = null] = json.maybe('architectures', texts) ?? [];
  return { family, config: family.readConfig(json), architecture };
}

export interface FoundWeights extends FoundModel {
  readonly checkpoint: Checkpoint;
}

export interface FillOptions {
  /** Of what the checkpoint does not have. */
  readonly seed?: number | string | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An encoder with a head, as it is filled here. */
interface EncoderWithHead extends Module {
  readonly config: BertConfig;
  readonly headKind: string;
}

/** Fills a model from a checkpoint that has another head: the encoder, what it has of the head, and draws the rest. */
export async function fillPartly(
  model: EncoderWithHead,
  { family, checkpoint }: FoundWeights,
  { seed = 0, ...options }: FillOptions = {},
): Promise<void> {
  const prefix = prefixOf(family, model.config, checkpoint);
  const rules = rulesOf(family, model.config, model.headKind, prefix);
  const { names, parts } = partsInCheckpoint(model, checkpoint, rules);
  const heads = Object.values(family.heads).flatMap(({ kind }) => family.headRules(kind, prefix));
  const unused = [...family.ignoredTensors(model.config, prefix), ...heads.map((rule) => rule.checkpoint)];
  const ignore = unused.filter((pattern) => !names.some((name) => fits(pattern, name)));
  await loadWeights(parts, checkpoint, rules, { ...options, ignore });
  initialize(model, seed);
}

/** Fills a model from the checkpoint of its own class. */
export async function fillWholly(
  model: EncoderWithHead,
  { family, checkpoint }: FoundWeights,
  options: FillOptions = {},
): Promise<void> {
  const prefix = prefixOf(family, model.config, checkpoint);
  const rules = rulesOf(family, model.config, model.headKind, prefix);
  await loadWeights(model, checkpoint, rules, { ...options, ignore: family.ignoredTensors(model.config, prefix) });
}

/** A checkpoint that TensorFlow wrote calls the weight and the bias of its norms gamma and beta. */
export function withPresentNames(checkpoint: Checkpoint): Checkpoint {
  const present = (name: string) => name.replace(/\.gamma$/, '.weight').replace(/\.beta$/, '.bias');
  const stored = new Map([...checkpoint.tensors.keys()].map((name) => [present(name), name]));
  if (stored.size < checkpoint.tensors.size || [...stored].every(([now, name]) => now === name)) return checkpoint;
  return {
    ...checkpoint,
    tensors: new Map([...checkpoint.tensors].map(([name, entry]) => [present(name), entry])),
    readFloat32: (name) => checkpoint.readFloat32(stored.get(name) ?? name),
  };
}

/** The head that the configuration names, or else the one whose tensors the checkpoint has. */
export function storedHead(
  { family, config, architecture, checkpoint }: FoundWeights,
  build: (head: HeadPart) => Module,
): HeadPart {
  if (architecture !== null) {
    const named = Object.hasOwn(family.heads, architecture) ? family.heads[architecture] : undefined;
    if (named) return named;
    throw new SequiturError({
      where: 'config.json, architectures',
      expected: `one of ${Object.keys(family.heads).join(', ')}`,
      got: architecture,
      fix: 'Give the head yourself and set architectures to the class that trained the encoder',
    });
  }
  const prefix = prefixOf(family, config, checkpoint);
  const ignored = family.ignoredTensors(config, prefix);
  const fitting = Object.values(family.heads).find((head) => {
    const rules = rulesOf(family, config, head.kind, prefix);
    const paths = parametersOf(build(head)).keys();
    const names = new Set(correspondences(rules, paths).map((pair) => pair.checkpoint));
    const rest = [...checkpoint.tensors.keys()].filter(
      (name) => !names.has(name) && !ignored.some((p) => fits(p, name)),
    );
    return rest.length === 0 && [...names].every((name) => checkpoint.tensors.has(name));
  });
  return fitting ?? Object.values(family.heads)[0]!;
}

/** Classes with a head store the encoder behind a prefix; the encoder alone is stored without. */
function prefixOf(family: EncoderFamily, config: BertConfig, { tensors }: Checkpoint): string {
  const table = family.encoderRules(config, family.prefix)[0]!.checkpoint;
  return tensors.has(table) ? family.prefix : '';
}

/** The encoder, and of the head those parameters that the checkpoint has in the right shape. */
function partsInCheckpoint(model: Module, checkpoint: Checkpoint, rules: ReturnType<typeof rulesOf>) {
  const parameters = parametersOf(model);
  const names: string[] = [];
  const chosen = new Map<string, Parameter>();
  for (const { checkpoint: name, parameters: paths, conversion } of correspondences(rules, parameters.keys())) {
    const shape = conversion.shape(paths.map((path) => parameters.get(path)!.shape));
    const stored = checkpoint.tensors.get(name)?.shape;
    const fitsHead = stored && stored.length === shape.length && stored.every((size, axis) => size === shape[axis]);
    if (!fitsHead && !paths.some((path) => path.startsWith('encoder.'))) continue;
    names.push(name);
    for (const path of paths) chosen.set(path, parameters.get(path)!);
  }
  return { names, parts: new Selection(chosen) };
}

/** Some parameters of a model, under the paths that they have there. */
class Selection extends Module {
  constructor(parameters: ReadonlyMap<string, Parameter>) {
    super();
    Object.assign(this, Object.fromEntries(parameters));
  }
}
