import { sizeOf } from '@sequitur/core';
import type { StoredTensor } from '@sequitur/pretrained';
import { dispose, type NamedTensorMap, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { compareNumbers, type Finding, type FolderReport, summarize } from '../comparison.js';
import { readJson, readTensors } from '../golden.js';
import type { OperationCase } from './operation.js';
import { operations } from './operations.js';

interface Cases {
  readonly op: string;
  readonly cases: readonly DescribedCase[];
}

interface DescribedCase {
  readonly name: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
}

/** Compares every case of one operation. */
export async function conformOps(folder: string): Promise<FolderReport> {
  const described = (await readJson<Cases>(folder, 'cases.json'))!;
  const tensors = (await readTensors(folder, 'tensors.safetensors'))!;
  if (!Object.hasOwn(operations, described.op)) {
    return { folder, verdict: 'unsupported', findings: [], detail: `operation ${described.op} is not built yet` };
  }
  const findings: Finding[] = [];
  for (const one of described.cases) findings.push(...(await compareCase(described.op, one, tensors)));
  return summarize(folder, findings);
}

async function compareCase(
  op: string,
  { name, attrs = {} }: DescribedCase,
  stored: ReadonlyMap<string, StoredTensor>,
): Promise<Finding[]> {
  const inputs = partsOf(stored, `${name}/input/`);
  const expected = partsOf(stored, `${name}/output/`);
  const opened = new Opened(name, attrs, inputs, expected);
  try {
    const outputs = await operations[op]!(opened);
    if (!outputs) return [{ name, verdict: 'unsupported', detail: `${JSON.stringify(attrs)} is not built yet` }];
    return [...(await compareOutputs(name, outputs, expected)), ...opened.unread()];
  } catch (error) {
    return [{ name, verdict: 'failed', detail: error instanceof Error ? error.message : String(error) }];
  } finally {
    opened.dispose();
  }
}

/** The tensors whose names begin with `prefix`, keyed by the rest of their names. */
function partsOf(stored: ReadonlyMap<string, StoredTensor>, prefix: string): Map<string, StoredTensor> {
  const parts = [...stored].filter(([name]) => name.startsWith(prefix));
  return new Map(parts.map(([name, value]) => [name.slice(prefix.length), value]));
}

async function compareOutputs(
  name: string,
  outputs: NamedTensorMap,
  expected: ReadonlyMap<string, StoredTensor>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [output, wanted] of expected) {
    const label = `${name}/${output}`;
    const found = outputs[output];
    if (!found)
      findings.push({ name: label, verdict: 'unsupported', detail: 'not compared: Sequitur has no counterpart' });
    else findings.push(compareNumbers(label, await found.data(), wanted.values));
  }
  dispose(outputs);
  return findings;
}

/** A case whose tensors are created on first use. */
class Opened implements OperationCase {
  readonly #tensors = new Map<string, Tensor>();
  readonly #unread: Set<string>;

  constructor(
    readonly name: string,
    readonly attributes: Readonly<Record<string, unknown>>,
    readonly inputs: ReadonlyMap<string, StoredTensor>,
    readonly expected: ReadonlyMap<string, StoredTensor>,
  ) {
    this.#unread = new Set(Object.keys(attributes));
  }

  has(name: string): boolean {
    return this.inputs.has(name);
  }

  input(name: string): Tensor {
    const stored = this.inputs.get(name);
    if (!stored) throw new Error(`the case has no input ${name}`);
    const made = this.#tensors.get(name) ?? tensorOf(stored);
    this.#tensors.set(name, made);
    return made;
  }

  attribute<T>(name: string): T | undefined {
    this.#unread.delete(name);
    return this.attributes[name] as T | undefined;
  }

  expects(name: string): boolean {
    return this.expected.has(name);
  }

  shapeOf(output: string): readonly number[] {
    return this.expected.get(output)!.shape;
  }

  /** A finding for every attribute that was not read, since it may change the expected result. */
  unread(): Finding[] {
    return [...this.#unread].map((attribute) => ({
      name: `${this.name}, ${attribute}`,
      verdict: 'unsupported',
      detail: `attribute ${attribute} = ${JSON.stringify(this.attributes[attribute])} was not read`,
    }));
  }

  dispose(): void {
    dispose([...this.#tensors.values()]);
  }
}

/** Float32 unchanged; all integer dtypes as int32. */
function tensorOf({ dtype, shape, values }: StoredTensor): Tensor {
  const isFloat = values instanceof Float32Array || values instanceof Float64Array;
  const numbers = isFloat ? Float32Array.from(values) : Int32Array.from(values as ArrayLike<number>, Number);
  if (numbers.length !== sizeOf(shape)) throw new Error(`${numbers.length} values of ${dtype} for [${shape}]`);
  return tensor(numbers, [...shape], isFloat ? 'float32' : 'int32');
}
