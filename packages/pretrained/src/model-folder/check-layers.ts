import { SequiturError, shorten } from '@sequitur/core';
import type { Checkpoint } from '../safetensors/checkpoint.js';
import type { WeightRule } from '../weights/weight-map.js';
import type { FamilyConfig } from './config-of-family.js';
import type { Family } from './family.js';

/**
 * Checks the number of layers against the names in the checkpoint, before anything is built for them.
 *
 * @throws SequiturError where the config asks for more layers than are stored
 */
export function checkLayers(
  { family, config, architecture }: FamilyConfig<Family>,
  checkpoint: Checkpoint,
  prefix: string,
): void {
  const headKind = architecture === null ? undefined : family.classes[architecture];
  const ofHead = headKind === undefined ? [] : (family.headRules?.(headKind, config, prefix) ?? []);
  for (const { checkpoint: name, parameters } of [...family.rules(config, prefix), ...ofHead].filter(isOfLayers)) {
    const wanted = depthOf(parameters[0]!, config as Depths);
    const before = name.slice(0, name.indexOf('{i}'));
    const stored = wanted === undefined ? 0 : storedLayers(before, checkpoint);
    if (wanted === undefined || wanted <= stored) continue;
    throw new SequiturError({
      where: checkpoint.name,
      expected: `the tensors of ${wanted} layers, as config.json says`,
      got: `${stored}; missing: ${shorten(name.replaceAll('{i}', String(stored)))} and what belongs to it and to later layers`,
      fix: 'Check that config.json and the weights belong together',
    });
  }
}

/** Sizes that are a dimension of some tensor, or a factor of one. */
const SIZES = [
  ...['vocabularySize', 'targetVocabularySize', 'width', 'embeddingWidth', 'headSize', 'rotaryDimensions'],
  ...['hiddenWidth', 'encoderHiddenWidth', 'decoderHiddenWidth', 'expertWidth', 'sharedWidth', 'innerWidth'],
  ...['stateSize', 'stepRank', 'kernelSize'],
] as const;

/**
 * Checks the sizes of a config against the largest tensor, before anything is built from them.
 *
 * @throws SequiturError where a size exceeds the number of values of every tensor
 */
export function checkSizes(config: object, { name, tensors }: Checkpoint): void {
  let largest = 0;
  for (const { shape } of tensors.values())
    largest = Math.max(
      largest,
      shape.reduce((size, each) => size * each, 1),
    );
  for (const size of SIZES) {
    const value = (config as Readonly<Record<string, unknown>>)[size];
    if (typeof value !== 'number' || value <= largest) continue;
    throw new SequiturError({
      where: name,
      expected: `sizes of config.json that the tensors have, the largest of which holds ${largest} values`,
      got: `${size} ${value}`,
      fix: 'Check that config.json and the weights belong together',
    });
  }
}

function isOfLayers({ checkpoint, parameters }: WeightRule): boolean {
  return checkpoint.includes('{i}') && parameters[0]!.includes('{i}');
}

interface Depths {
  readonly depth?: number;
  readonly encoderDepth?: number;
  readonly decoderDepth?: number;
  readonly base?: { readonly depth?: number };
}

/** The number of layers in the stack that a parameter belongs to; undefined where the config lists its blocks. */
function depthOf(path: string, { depth, encoderDepth, decoderDepth, base }: Depths): number | undefined {
  if (path.startsWith('encoder.')) return encoderDepth ?? depth;
  return path.startsWith('decoder.') ? (decoderDepth ?? depth) : (depth ?? base?.depth);
}

function storedLayers(before: string, { tensors }: Checkpoint): number {
  let count = 0;
  for (const name of tensors.keys()) {
    if (!name.startsWith(before)) continue;
    const layer = Number.parseInt(name.slice(before.length), 10);
    if (layer >= count) count = layer + 1;
  }
  return count;
}
