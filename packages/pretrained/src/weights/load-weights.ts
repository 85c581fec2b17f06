import {
  checkArgument,
  type Module,
  option,
  type Parameter,
  parametersOf,
  SequiturError,
  type StorageFormat,
  shorten,
  showShape,
} from '@sequitur/core';
import { type Checkpoint, formatOf, type StoredWeights } from '../safetensors/checkpoint.js';
import { same, transposed } from './conversions.js';
import { type Correspondence, correspondences, fits, storedTensors, type WeightRule } from './weight-map.js';

export interface LoadOptions {
  /** Names of tensors that are ignored, with `{i}` for numbers, for example stored masks. */
  readonly ignore?: readonly string[];
  /** Called after each tensor. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Parameters take the format in which the checkpoint stores them, as far as they can have it; default false. */
  readonly keepFormat?: boolean | undefined;
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
  { ignore = [], onProgress, keepFormat = false, signal }: LoadOptions = {},
): Promise<void> {
  checkArgument('loadWeights, checkpoint', readable, checkpoint);
  const parameters = parametersOf(model);
  const pairs = correspondences(rules, parameters.keys());
  checkTotal(parameters, checkpoint, pairs, ignore);
  const total = [...parameters.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  let loaded = 0;
  for (const pair of pairs) {
    const targets = pair.parameters.map((path) => parameters.get(path)!);
    const shapes = targets.map(({ shape }) => shape);
    const rows = rowsOf(pair, targets, checkpoint);
    if (rows && keepFormat) takeFormat(rows.target, [rows.format]);
    if (rows && rows.target.format !== 'float32') {
      await rows.target.assignRows(async (first, count) => {
        signal?.throwIfAborted();
        return (await checkpoint.readRows(pair.checkpoint, first, count)).values;
      });
      loaded += sizeOf(rows.target.shape);
      onProgress?.({ tensor: pair.checkpoint, loaded, total });
      continue;
    }
    const stored: StoredWeights[] = [];
    for (const { name } of storedTensors(pair, shapes)) {
      signal?.throwIfAborted();
      const weights = await checkpoint.readWeights(name);
      stored.push(weights);
      loaded += weights.values.length;
      onProgress?.({ tensor: name, loaded, total });
    }
    const formats = stored.map(({ format }) => format);
    if (keepFormat) for (const target of targets) takeFormat(target, formats);
    const split = (values: readonly Float32Array[]) => pair.conversion.split(joined(values), shapes);
    const values = split(stored.map((weights) => weights.values));
    const scales = stored.every((weights) => weights.scales) && split(stored.map((weights) => weights.scales!));
    for (const [index, target] of targets.entries()) target.assign(values[index]!, scales ? scales[index] : undefined);
  }
}

const readable = option.having('a checkpoint, as openCheckpoint gives', 'readWeights', 'readRows');

/**
 * The only parameter of a pair whose rows, once quantized, are those of its stored tensor, with the format of that tensor;
 * else null. Such rows are quantized while they are read, and no copy of the whole tensor is in memory.
 */
function rowsOf(
  { checkpoint: name, conversion }: Correspondence,
  [target, ...others]: readonly Parameter[],
  { tensors }: Checkpoint,
): { readonly target: Parameter; readonly format: StorageFormat } | null {
  const stored = tensors.get(name);
  if (!target || others.length > 0 || target.isFilled || !stored || stored.isQuantized) return null;
  const isByRow = target.rowAxis === 1 ? conversion === transposed : target.rowAxis === 0 && conversion === same;
  return isByRow ? { target, format: formatOf(stored.dtype) } : null;
}

/** Gives a parameter the format of its stored tensors: of several, float32. */
function takeFormat(target: Parameter, stored: readonly StorageFormat[]): void {
  const [format, ...others] = new Set(stored);
  if (target.rowAxis !== null && !target.isFilled && others.length === 0) target.format = format ?? 'float32';
}

/** The arrays, concatenated; a single array itself. */
function joined(arrays: readonly Float32Array[]): Float32Array {
  if (arrays.length === 1) return arrays[0]!;
  const whole = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const array of arrays) {
    whole.set(array, start);
    start += array.length;
  }
  return whole;
}

/** Most names to list in a message. */
const MOST_LISTED = 10;

const WITHOUT_POOLER = 'Give head: noHead() where the pooled first token is not needed';

function checkTotal(
  parameters: ReadonlyMap<string, Parameter>,
  { name, tensors }: Checkpoint,
  pairs: readonly Correspondence[],
  ignore: readonly string[],
): void {
  const faults: string[] = [];
  const mapped = new Set(pairs.flatMap((pair) => pair.parameters));
  for (const path of parameters.keys()) if (!mapped.has(path)) faults.push(`no rule gives parameter ${path}`);
  const wanted = pairs.flatMap((pair) =>
    storedTensors(
      pair,
      pair.parameters.map((path) => parameters.get(path)?.shape ?? []),
    ),
  );
  for (const { name: tensor, shape } of wanted) {
    const stored = tensors.get(tensor);
    if (!stored) faults.push(`missing: ${tensor} ${showShape(shape)}`);
    else if (showShape(stored.shape) !== showShape(shape)) {
      faults.push(`misshapen: ${tensor} ${showShape(stored.shape)}, not ${showShape(shape)}`);
    }
  }
  const expected = new Set(wanted.map((tensor) => tensor.name));
  for (const stored of tensors.keys()) {
    if (!expected.has(stored) && !ignore.some((pattern) => fits(pattern, stored))) faults.push(`unexpected: ${stored}`);
  }
  if (faults.length === 0) return;
  const shown = faults.slice(0, MOST_LISTED).map((fault) => shorten(fault));
  if (faults.length > shown.length) shown.push(`and ${faults.length - shown.length} more`);
  throw new SequiturError({
    where: name,
    expected: 'the tensors of this model',
    got: `\n  ${shown.join('\n  ')}\n`,
    fix: faults.some((fault) => /^missing: \S*pooler/.test(fault))
      ? WITHOUT_POOLER
      : 'Check that config.json and the weights belong together',
  });
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}
