import type { Parameter } from '@sequitur/core';
import type { PackedBits } from '../quantized/packed.js';
import { GROUP_SIZE, packedTensors } from '../quantized/write-packed.js';
import type { WeightDtype } from '../safetensors/dtypes.js';
import type { TensorToWrite } from '../safetensors/writer.js';
import type { Correspondence } from './weight-map.js';

/** A weight of a checkpoint that is being written. */
export interface StoredWeight {
  readonly name: string;
  /** Bits of the integers; null where it is not stored as integers. */
  readonly bits: PackedBits | null;
  readonly isTable: boolean;
  readonly isMatrix: boolean;
  readonly tensors: readonly TensorToWrite[];
}

/** How weights are to be stored. */
export interface Storing {
  readonly dtype: WeightDtype | 'q8' | 'q4' | undefined;
  readonly signal: AbortSignal | undefined;
}

export function isTable([first]: readonly Parameter[]): boolean {
  return first?.rowAxis === 0;
}

/** The weight as integers; null where it is to be stored otherwise, or cannot be stored so. */
export function quantizedWeight(
  pair: Correspondence,
  sources: readonly Parameter[],
  { dtype, signal }: Storing,
): StoredWeight | null {
  const bits = bitsOf(sources, dtype);
  const { checkpoint: name } = pair;
  if (bits === null || !name.endsWith('weight') || name.includes('*')) return null;
  const shapes = sources.map(({ shape }) => shape);
  const shape = pair.conversion.shape(shapes);
  const direction = directionOfGroups(pair, sources);
  if (shape.length !== 2 || direction === null) return null;
  const read = async () => {
    signal?.throwIfAborted();
    const stored = await Promise.all(sources.map((source) => source.readQuantized(bits === 4 ? 'int4' : 'int8')));
    const join = (parts: readonly Float32Array[]) => pair.conversion.join(parts, shapes);
    return { values: join(stored.map(({ values }) => values)), scales: join(stored.map(({ scales }) => scales)) };
  };
  const layout = { bits, isTransposed: direction === 'columns', read };
  const tensors = packedTensors(name, shape as [number, number], layout);
  return { name, bits, isTable: isTable(sources), isMatrix: true, tensors };
}

/** The bits in which a weight is stored as integers, or null. */
function bitsOf(sources: readonly Parameter[], dtype: Storing['dtype']): PackedBits | null {
  if (sources.some(({ rowAxis }) => rowAxis === null)) return null;
  const [format, ...others] = new Set(sources.map((source) => source.format));
  const held = others.length > 0 ? null : format === 'int4' ? 4 : format === 'int8' ? 8 : null;
  if (dtype === 'q8') return 8;
  if (dtype === 'q4') return held ?? (isTable(sources) ? 8 : 4);
  return dtype === undefined ? held : null;
}

/**
 * Whether the groups of a quantized parameter are parts of rows or of columns of the tensor that it is stored as; null where
 * that takes them apart. Found by storing the group of each element instead of its value.
 */
function directionOfGroups({ conversion }: Correspondence, sources: readonly Parameter[]): 'rows' | 'columns' | null {
  const shapes = sources.map(({ shape }) => shape);
  const [rows, columns] = conversion.shape(shapes) as [number, number];
  const stored = conversion.join(sources.map(groupsOf), shapes);
  if (rows * columns !== stored.length) return null;
  const isFirst = (place: number) => place % GROUP_SIZE === 0;
  const isOfRows = stored.every((group, i) => {
    const column = i % columns;
    return isFirst(column) ? group % MOST_GROUPS === column / GROUP_SIZE : group === stored[i - 1];
  });
  if (isOfRows) return 'rows';
  const isOfColumns = stored.every((group, i) => {
    const row = Math.floor(i / columns);
    return isFirst(row) ? group % MOST_GROUPS === row / GROUP_SIZE : group === stored[i - columns];
  });
  return isOfColumns ? 'columns' : null;
}

/** More than a row has; times `ROWS`, integers that float32 holds. */
const MOST_GROUPS = 2 ** 13;
const ROWS = 2 ** 11;

/** For each element the index of its row, modulo `ROWS`, and that of its group within the row. */
function groupsOf({ shape, rowAxis }: Parameter): Float32Array {
  const [height, width] = shape as [number, number];
  return Float32Array.from({ length: height * width }, (_, i) => {
    const [at, across] = [Math.floor(i / width), i % width];
    const [row, place] = rowAxis === 1 ? [across, at] : [at, across];
    return (row % ROWS) * MOST_GROUPS + Math.floor(place / GROUP_SIZE);
  });
}

/**
 * The description of quantized weights in `config.json`, with the attributes of the library compressed-tensors; null
 * where there is none. Tables are quantized too, which that library does not read.
 */
export function quantizationConfig(weights: readonly StoredWeight[]): object | null {
  const groups = [
    { target: 'Linear', isTable: false },
    { target: 'Embedding', isTable: true },
  ].flatMap(({ target, isTable }) => {
    const bits = new Set(
      weights.filter((weight) => weight.bits && weight.isTable === isTable).map((weight) => weight.bits),
    );
    return [...bits].map((numBits) => ({ targets: [target], weights: settingsOf(numBits!) }));
  });
  if (groups.length === 0) return null;
  const ignored = weights.filter(({ bits, isMatrix }) => bits === null && isMatrix);
  return {
    quant_method: 'compressed-tensors',
    format: 'pack-quantized',
    quantization_status: 'compressed',
    config_groups: Object.fromEntries(
      groups.map((group, index) => [`group_${index}`, { ...group, input_activations: null, output_activations: null }]),
    ),
    ignore: ignored.map(({ name }) => name.replace(/\.weight$/, '')),
  };
}

function settingsOf(bits: PackedBits): object {
  const strategy =
    bits === 4 ? { strategy: 'group', group_size: GROUP_SIZE } : { strategy: 'channel', group_size: null };
  return { num_bits: bits, type: 'int', symmetric: true, dynamic: false, ...strategy };
}
