import { type Module, type Parameter, parametersOf, SequiturError, showShape } from '@sequitur/core';
import type { Checkpoint } from './checkpoint.js';
import { type Correspondence, correspondences, fits, type WeightRule } from './weight-map.js';

export interface LoadOptions {
  /** Names of tensors that are ignored, with `{i}` for numbers, for example stored masks. */
  readonly ignore?: readonly string[];
  /** Called after each tensor. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LoadProgress {
  readonly tensor: string;
  /** Values loaded so far, and in total. */
  readonly loaded: number;
  readonly total: number;
}

/**
 * Loads a checkpoint into a model. Loading is total: each parameter is filled once, each stored tensor is used or
 * ignored by name, all shapes match; this is checked before any value is read.
 *
 * @throws SequiturError listing everything missing, unexpected and misshapen
 */
export async function loadWeights(
  model: Module,
  checkpoint: Checkpoint,
  rules: readonly WeightRule[],
  { ignore = [], onProgress, signal }: LoadOptions = {},
): Promise<void> {
  const parameters = parametersOf(model);
  const pairs = correspondences(rules, parameters.keys());
  checkTotal(parameters, checkpoint, pairs, ignore);
  const total = [...parameters.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  let loaded = 0;
  for (const { checkpoint: name, parameters: paths, conversion } of pairs) {
    signal?.throwIfAborted();
    const values = await checkpoint.readFloat32(name);
    const targets = paths.map((path) => parameters.get(path)!);
    const parts = conversion.split(
      values,
      targets.map(({ shape }) => shape),
    );
    for (const [index, target] of targets.entries()) target.assign(parts[index]!);
    loaded += values.length;
    onProgress?.({ tensor: name, loaded, total });
  }
}

function checkTotal(
  parameters: ReadonlyMap<string, Parameter>,
  { name, tensors }: Checkpoint,
  pairs: readonly Correspondence[],
  ignore: readonly string[],
): void {
  const faults: string[] = [];
  const mapped = new Set(pairs.flatMap((pair) => pair.parameters));
  for (const path of parameters.keys()) if (!mapped.has(path)) faults.push(`no rule gives parameter ${path}`);
  for (const { checkpoint, parameters: paths, conversion } of pairs) {
    const stored = tensors.get(checkpoint);
    const wanted = conversion.shape(paths.map((path) => parameters.get(path)?.shape ?? []));
    if (!stored) faults.push(`missing: ${checkpoint} ${showShape(wanted)}`);
    else if (showShape(stored.shape) !== showShape(wanted)) {
      faults.push(`misshapen: ${checkpoint} ${showShape(stored.shape)}, not ${showShape(wanted)}`);
    }
  }
  const expected = new Set(pairs.map((pair) => pair.checkpoint));
  for (const stored of tensors.keys()) {
    if (!expected.has(stored) && !ignore.some((pattern) => fits(pattern, stored))) faults.push(`unexpected: ${stored}`);
  }
  if (faults.length === 0) return;
  throw new SequiturError({
    where: name,
    expected: 'the tensors of this model',
    got: `\n  ${faults.join('\n  ')}\n`,
    fix: 'Check that config.json and the weights belong together',
  });
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}
