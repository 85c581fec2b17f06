import { SequiturError, showShape } from '@sequitur/core';
import type { Checkpoint, CheckpointTensor, StoredWeights } from '../safetensors/checkpoint.js';
import type { Parts, QuantizationScheme } from './scheme.js';

/** The most inputs or outputs of a weight. */
const MOST = 2 ** 24;

/**
 * The checkpoint with one tensor `…weight` in place of the parts of each quantized weight.
 *
 * @throws SequiturError where a quantized weight lacks a part
 */
export async function withQuantizedWeights(checkpoint: Checkpoint, scheme: QuantizationScheme): Promise<Checkpoint> {
  const tensors = new Map<string, CheckpointTensor>(checkpoint.tensors);
  const modules = new Map<string, Parts<string>>();
  for (const name of checkpoint.tensors.keys()) {
    if (!name.endsWith(`.${scheme.main}`)) continue;
    const module = name.slice(0, -scheme.main.length);
    const parts = partsOf(module, checkpoint, scheme);
    modules.set(`${module}weight`, parts);
    for (const part of Object.values(parts)) tensors.delete(part);
  }
  for (const [weight, parts] of modules) {
    const { dtype } = checkpoint.tensors.get(Object.values(parts)[1]!)!;
    tensors.set(weight, { isQuantized: true, dtype, shape: await shapeOf(weight, parts, { checkpoint, scheme }) });
  }
  const read = async (name: string): Promise<StoredWeights> => {
    const parts = modules.get(name);
    if (!parts) return checkpoint.readWeights(name);
    const stored = Object.entries(parts).map(async ([part, tensor]) => [part, await checkpoint.read(tensor)] as const);
    const { shape } = tensors.get(name)!;
    return scheme.dequantize(Object.fromEntries(await Promise.all(stored)), shape, `${checkpoint.name}, ${name}`);
  };
  return { ...checkpoint, tensors, readWeights: read, readFloat32: async (name) => (await read(name)).values };
}

/** The tensors of a weight by part. */
function partsOf(module: string, { name: where, tensors }: Checkpoint, scheme: QuantizationScheme): Parts<string> {
  const missing = scheme.parts.filter((part) => !tensors.has(module + part));
  const weight = `${module}weight`;
  if (missing.length > 0) {
    throw new SequiturError({
      where,
      expected: `${scheme.parts.join(', ')} of ${weight}`,
      got: `no ${missing.join(', ')}`,
    });
  }
  if (tensors.has(weight)) {
    throw new SequiturError({ where, expected: `${weight} once`, got: `${weight} beside ${module}${scheme.main}` });
  }
  const present = (scheme.optional ?? []).filter((part) => !scheme.parts.includes(part) && tensors.has(module + part));
  return Object.fromEntries([...scheme.parts, ...present].map((part) => [part, module + part]));
}

interface Stored {
  readonly checkpoint: Checkpoint;
  readonly scheme: QuantizationScheme;
}

async function shapeOf(
  weight: string,
  parts: Parts<string>,
  { checkpoint, scheme }: Stored,
): Promise<readonly number[]> {
  const { tensors, name } = checkpoint;
  const shapes = Object.fromEntries(Object.entries(parts).map(([part, tensor]) => [part, tensors.get(tensor)!.shape]));
  const shape = await scheme.shape(shapes, async (part) => [...(await checkpoint.readNumbers(parts[part]!))]);
  const isSound = shape.length === 2 && shape.every((size) => Number.isSafeInteger(size) && size > 0 && size <= MOST);
  if (isSound) return shape;
  throw new SequiturError({ where: `${name}, ${weight}`, expected: 'the shape of a matrix', got: showShape(shape) });
}
