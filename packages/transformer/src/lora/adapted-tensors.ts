import { type Module, parametersOf } from '@sequitur/core';
import { type Correspondence, correspondences, type WeightRule } from '@sequitur/pretrained';
import type { Lora } from './lora.js';
import type { LoraLinear } from './lora-linear.js';

/** A Linear of the checkpoint, and the adapted Linears that it holds. */
export interface AdaptedTensor {
  /** The name of the module in Python. */
  readonly module: string;
  readonly correspondence: Correspondence;
  readonly adapters: readonly (LoraLinear | null)[];
}

/** A tensor to be written to a file of PEFT. */
export interface TensorFile {
  readonly name: string;
  readonly dtype: 'F32';
  readonly shape: number[];
  values(): Promise<Float32Array>;
}

/** The prefix of every name in a file of PEFT. */
export const PREFIX = 'base_model.model.';

/** The module that a weight belongs to. */
export function moduleOf(weight: string): string {
  return weight.replace(/\.weight$/, '');
}

/** The weights of Linears, with their names in the checkpoint and in the model. */
export function pairsOf(model: Module, rules: readonly WeightRule[]): Correspondence[] {
  return correspondences(rules, parametersOf(model).keys()).filter(({ checkpoint }) => checkpoint.endsWith('.weight'));
}

/** Paths of the Linear layers that the checkpoint stores as one, in groups. */
export function fusedPaths(model: Module, rules: readonly WeightRule[]): string[][] {
  return pairsOf(model, rules)
    .filter(({ parameters }) => parameters.length > 1)
    .map(({ parameters }) => parameters.map(moduleOf));
}

/** The tensors of the checkpoint that `lora` adapts. */
export function adaptedTensors(model: Module, lora: Lora, rules: readonly WeightRule[]): AdaptedTensor[] {
  const adapters = new Map(lora.adapted.map(({ path, linear }) => [`${path}.weight`, linear]));
  return pairsOf(model, rules)
    .filter(({ parameters }) => parameters.some((path) => adapters.has(path)))
    .map((correspondence) => ({
      module: moduleOf(correspondence.checkpoint),
      correspondence,
      adapters: correspondence.parameters.map((path) => adapters.get(path) ?? null),
    }));
}

/** A as [rank, inputs] and B as [outputs, rank], the outputs in the order of the checkpoint. */
export function filesOf(
  { module, correspondence, adapters }: AdaptedTensor,
  rank: number,
): [A: TensorFile, B: TensorFile] {
  const { down } = adapters.find((adapter) => adapter !== null)!;
  const shapes = shapesOf(adapters, rank);
  const outputs = shapes.reduce((sum, [, count]) => sum + count, 0);
  const named = (part: 'A' | 'B', shape: number[], values: () => Promise<Float32Array>): TensorFile => ({
    name: `${PREFIX}${module}.lora_${part}.weight`,
    dtype: 'F32',
    shape,
    values,
  });
  const inputs = down.weight.shape[0]!;
  return [
    named('A', [rank, inputs], async () => transpose(await down.weight.read(), inputs, rank)),
    named('B', [outputs, rank], async () => {
      const ups = await Promise.all(
        adapters.map(async (adapter, i) => (await adapter?.up.weight.read()) ?? new Float32Array(rank * shapes[i]![1])),
      );
      const joined = correspondence.conversion.join(ups, shapes);
      return inputsFirst(correspondence) ? transpose(joined, rank, outputs) : joined;
    }),
  ];
}

/** Sets the values of the adapters of a tensor, from A [rank, inputs] and B [outputs, rank]. */
export function fill(tensor: AdaptedTensor, rank: number, a: Float32Array, b: Float32Array): void {
  const { correspondence, adapters } = tensor;
  const shapes = shapesOf(adapters, rank);
  const outputs = shapes.reduce((sum, [, count]) => sum + count, 0);
  const ups = correspondence.conversion.split(inputsFirst(correspondence) ? transpose(b, outputs, rank) : b, shapes);
  for (const [i, adapter] of adapters.entries()) {
    adapter?.down.weight.assign(transpose(a, rank, a.length / rank));
    adapter?.up.weight.assign(ups[i]!);
  }
}

/**
 * The shape of each B matrix of the model, [rank, outputs]; Linear layers that a checkpoint stores as one have equal
 * widths.
 */
function shapesOf(adapters: readonly (LoraLinear | null)[], rank: number): [number, number][] {
  const some = adapters.find((adapter) => adapter !== null)!;
  return adapters.map((adapter) => [rank, (adapter ?? some).up.weight.shape[1]!]);
}

/**
 * Whether a tensor is stored as [inputs, outputs], as in GPT-2; PyTorch's Linear stores [outputs, inputs]. Found by
 * converting the shape [1, 2].
 */
export function inputsFirst({ conversion, parameters }: Correspondence): boolean {
  return conversion.shape(parameters.map(() => [1, 2]))[0] === 1;
}

function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) turned[(i % columns) * rows + Math.floor(i / columns)] = values[i]!;
  return turned;
}
