import { type Field, joined, message } from './protobuf.js';

/** Field numbers and enums of onnx.proto3 (ONNX 1.16, IR version 9). */
const [FLOAT, INT64] = [1, 7];
const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 } as const;

type Attribute = number | string | { readonly float: number } | readonly number[];

/** Collects an ONNX graph node by node and writes it as the bytes of a model file. */
export class OnnxGraph {
  readonly #nodes: Uint8Array[][] = [];
  readonly #constants: Uint8Array[][] = [];
  readonly #inputs: Uint8Array[][] = [];
  readonly #outputs: Uint8Array[][] = [];
  #count = 0;

  input(name: string, shape: readonly (number | string)[], type: 'float' | 'int64' = 'float'): string {
    this.#inputs.push(valueInfo(name, shape, type));
    return name;
  }

  output(name: string, shape: readonly (number | string)[]): void {
    this.#outputs.push(valueInfo(name, shape, 'float'));
  }

  constant(values: Float32Array | BigInt64Array, shape: readonly number[]): string {
    const name = `constant${this.#count++}`;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const type = values instanceof Float32Array ? FLOAT : INT64;
    this.#constants.push(message([...shape.map((size): Field => [1, size]), [2, type], [8, name], [9, bytes]]));
    return name;
  }

  /** Adds a node and names its outputs; `outputs` is their number or their names. */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    { outputs = [`value${this.#count++}`], domain = '' }: { outputs?: readonly string[]; domain?: string } = {},
  ): string {
    this.#nodes.push(
      message([
        ...inputs.map((name): Field => [1, name]),
        ...outputs.map((name): Field => [2, name]),
        [4, type],
        ...Object.entries(attributes).map(([name, value]): Field => [5, attribute(name, value)]),
        [7, domain],
      ]),
    );
    return outputs[0]!;
  }

  bytes(): Uint8Array {
    const graph = message([
      ...this.#nodes.map((node): Field => [1, node]),
      [2, 'graph'],
      ...this.#constants.map((constant): Field => [5, constant]),
      ...this.#inputs.map((input): Field => [11, input]),
      ...this.#outputs.map((output): Field => [12, output]),
    ]);
    const operations = (domain: string, version: number): Field => [
      8,
      message([
        [1, domain],
        [2, version],
      ]),
    ];
    return joined(message([[1, 9], [7, graph], operations('', 20), operations('com.microsoft', 1)]));
  }
}

function attribute(name: string, value: Attribute): Uint8Array[] {
  if (typeof value === 'number')
    return message([
      [1, name],
      [3, value],
      [20, ATTRIBUTE.int],
    ]);
  if (typeof value === 'string')
    return message([
      [1, name],
      [4, value],
      [20, ATTRIBUTE.string],
    ]);
  if ('float' in value)
    return message([
      [1, name],
      [2, value],
      [20, ATTRIBUTE.float],
    ]);
  return message([[1, name], ...value.map((item): Field => [8, item]), [20, ATTRIBUTE.ints]]);
}

function valueInfo(name: string, shape: readonly (number | string)[], type: 'float' | 'int64'): Uint8Array[] {
  const dimensions = shape.map((size): Field => [1, message([typeof size === 'number' ? [1, size] : [2, size]])]);
  const tensor = message([
    [1, type === 'float' ? FLOAT : INT64],
    [2, message(dimensions)],
  ]);
  return message([
    [1, name],
    [2, message([[1, tensor]])],
  ]);
}
