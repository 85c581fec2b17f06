import { initialize, Module, type Parameter, parametersOf, showShape } from '@sequitur/core';
import type { Checkpoint } from '../safetensors/checkpoint.js';
import { type LoadOptions, loadWeights } from '../weights/load-weights.js';
import { type Correspondence, correspondences, fits, storedTensors } from '../weights/weight-map.js';
import { type Family, isBare, type PretrainedModel, unreadTensors, weightRules } from './family.js';

/** A requested head, which is initialised where the checkpoint lacks it. */
export interface WantedHead {
  readonly kind: string;
  /** Its config entries. */
  readonly settings?: { readonly labels?: readonly string[] };
}

interface StoredModel {
  readonly family: Family;
  readonly config: object;
  readonly architecture: string | null;
  readonly checkpoint: Checkpoint;
}

/** The kind of head that a checkpoint has: as its configuration names the class, else as its tensors tell. */
export function storedHead(stored: StoredModel, build: (headKind: string) => Module): string {
  const kind = kindOfHead(stored, build);
  return kind === 'pooled' && !hasPooler(stored) ? 'none' : kind;
}

/** Models that are saved without the pooler of their class are whole without it. */
function hasPooler({ family, config, checkpoint: { tensors } }: StoredModel): boolean {
  const rules = family.headRules?.('pooled', config, storedPrefix(family, tensors)) ?? [];
  return rules.some(({ checkpoint }) => tensors.has(checkpoint));
}

function kindOfHead(
  { family, config, architecture, checkpoint }: StoredModel,
  build: (headKind: string) => Module,
): string {
  const kinds = Object.values(family.classes);
  if (architecture === null || kinds.length === 0) {
    const isBase = storedPrefix(family, checkpoint.tensors) === '';
    const possible = family.prefix === '' ? kinds : kinds.filter((headKind) => isBare(headKind) === isBase);
    const fitting = possible.find((headKind) => isOfHead({ family, config, headKind }, build(headKind), checkpoint));
    return fitting ?? possible[0] ?? 'none';
  }
  return family.classes[architecture]!; // readFamilyConfig knows it
}

/** Whether the checkpoint holds the tensors of a model with this head and no others. */
function isOfHead(
  named: Pick<PretrainedModel, 'family' | 'config' | 'headKind'>,
  model: Module,
  { tensors }: Checkpoint,
): boolean {
  const { family, config } = named;
  const prefix = storedPrefix(family, tensors);
  const parameters = parametersOf(model);
  const pairs = correspondences(weightRules(named, prefix), parameters.keys());
  const shapesOf = (paths: readonly string[]) => paths.map((path) => parameters.get(path)?.shape ?? []);
  const stored = pairs.flatMap((pair) => storedTensors(pair, shapesOf(pair.parameters)));
  const names = new Set(stored.map(({ name }) => name));
  const ignored = unreadTensors(family, config, prefix);
  const isKnown = (name: string) => names.has(name) || ignored.some((pattern) => fits(pattern, name));
  return [...names].every((name) => tensors.has(name)) && [...tensors.keys()].every(isKnown);
}

/** Classes with a head store the base model with a prefix, the base class without. */
export function storedPrefix({ prefix }: Family, tensors: Checkpoint['tensors']): string {
  return [...tensors.keys()].some((name) => name.startsWith(prefix)) ? prefix : '';
}

export interface FillOptions extends Pick<LoadOptions, 'onProgress' | 'signal' | 'keepFormat'> {
  /** The kind of head that the checkpoint has. */
  readonly stored: string;
  /** The seed for parameters of the head that the checkpoint lacks, or has in another shape; absent: an error. */
  readonly seed?: number | string | undefined;
}

/** Loads a checkpoint into a model. Tensors of another head are ignored. */
export async function fillModel(
  model: PretrainedModel,
  checkpoint: Checkpoint,
  { stored, seed, ...options }: FillOptions,
): Promise<void> {
  const { family, config, headKind } = model;
  const prefix = storedPrefix(family, checkpoint.tensors);
  const ignored = unreadTensors(family, config, prefix);
  const isOwnHead = seed === undefined && stored === headKind;
  const heads = isOwnHead ? [] : Object.values(family.classes);
  const others = heads.flatMap((kind) => family.headRules?.(kind, config, prefix) ?? []);
  const ignore = [...ignored, ...others.map((rule) => rule.checkpoint)];
  const target = seed === undefined ? model : presentPart(model, checkpoint, prefix);
  await loadWeights(target, checkpoint, weightRules(model, prefix), { ...options, ignore });
  if (seed !== undefined) initialize(model, seed);
}

/** The base model, and those parameters of the head that the checkpoint has in the right shape. */
function presentPart(model: PretrainedModel, { tensors }: Checkpoint, prefix: string): Module {
  const { family, config, headKind } = model;
  const parameters = parametersOf(model);
  const isPresent = ({ checkpoint, parameters: paths, conversion }: Correspondence) => {
    const stored = tensors.get(checkpoint)?.shape;
    return (
      stored && showShape(stored) === showShape(conversion.shape(paths.map((path) => parameters.get(path)!.shape)))
    );
  };
  const base = correspondences(family.rules(config, prefix), parameters.keys());
  const head = correspondences(family.headRules?.(headKind, config, prefix) ?? [], parameters.keys());
  const paths = [...base, ...head.filter(isPresent)].flatMap((pair) => pair.parameters);
  return new Selection(new Map(paths.map((path) => [path, parameters.get(path)!])));
}

/** Some parameters of a model, under the paths that they have there. */
class Selection extends Module {
  constructor(parameters: ReadonlyMap<string, Parameter>) {
    super();
    Object.assign(this, Object.fromEntries(parameters));
  }
}
