import { SequiturError, shorten, showShape } from '@sequitur/core';
import { type Checkpoint, renamed } from '../safetensors/checkpoint.js';

/** A tensor that Python's class ties to another one: where a checkpoint stores both, they are the same. */
export interface TiedTensor {
  readonly tensor: string;
  /** The name of the tensor that it is tied to. */
  readonly to: string;
  /** The settings of a model in which the tensor counts; absent: one with other values is refused. */
  readonly untied?: object;
}

export interface SettledTies {
  readonly config: object;
  /** The checkpoint without what is stored twice, and with both names where a model of `config` needs both. */
  readonly checkpoint: Checkpoint;
}

/**
 * Lets the checkpoint decide which tensors are tied: stored values count, not the configuration. A tensor that differs
 * from the one that it would be tied to is used where the class can, which causes a warning, and refused elsewhere.
 */
export async function settleTies(
  ties: readonly TiedTensor[],
  config: object,
  checkpoint: Checkpoint,
  warn: (message: string) => void = console.warn,
): Promise<SettledTies> {
  const stored = sourcesOf(ties, checkpoint);
  let settled = config;
  for (const { tensor, to, untied } of ties) {
    const source = stored.get(to) ?? to;
    if (tensor === source || !checkpoint.tensors.has(tensor) || !checkpoint.tensors.has(source)) continue;
    if (await haveSameValues(checkpoint, tensor, source)) continue;
    if (!untied) throw differing(checkpoint, tensor, source);
    settled = { ...settled, ...untied };
    warn(`${checkpoint.name}: ${tensor} is not ${source}, to which config.json ties it: it is used as it is stored.`);
  }
  const isBroken = ({ untied }: TiedTensor) => settled !== config && untied !== undefined && holds(settled, untied);
  return { config: settled, checkpoint: withTies(checkpoint, ties, { stored, isBroken }) };
}

/** For each tensor that others are tied to and that is not stored, the first of those that is. */
function sourcesOf(ties: readonly TiedTensor[], { tensors }: Checkpoint): Map<string, string> {
  const sources = new Map<string, string>();
  for (const { tensor, to } of ties) {
    if (!tensors.has(to) && tensors.has(tensor) && !sources.has(to)) sources.set(to, tensor);
  }
  return sources;
}

function holds(config: object, settings: object): boolean {
  return Object.entries(settings).every(([name, value]) => (config as Record<string, unknown>)[name] === value);
}

async function haveSameValues(checkpoint: Checkpoint, first: string, second: string): Promise<boolean> {
  const shapes = [first, second].map((name) => showShape(checkpoint.tensors.get(name)!.shape));
  if (shapes[0] !== shapes[1]) return false;
  const [a, b] = [await checkpoint.readFloat32(first), await checkpoint.readFloat32(second)];
  return a.every((value, i) => value === b[i] || (Number.isNaN(value) && Number.isNaN(b[i])));
}

function differing({ name }: Checkpoint, tensor: string, to: string): SequiturError {
  return new SequiturError({
    where: `${name}, tensor '${shorten(tensor)}'`,
    expected: `the values of ${to}, which stands for it in this model`,
    got: 'others',
    fix: 'Check that config.json and the weights belong together',
  });
}

interface Settling {
  readonly stored: ReadonlyMap<string, string>;
  readonly isBroken: (tie: TiedTensor) => boolean;
}

/** Duplicates are left out; a name that is not stored stands for the tensor that it is tied to. */
function withTies(checkpoint: Checkpoint, ties: readonly TiedTensor[], { stored, isBroken }: Settling): Checkpoint {
  const places = new Map([...checkpoint.tensors.keys()].map((name) => [name, name]));
  for (const [missing, name] of stored) places.set(missing, name);
  for (const tie of ties) {
    const { tensor, to } = tie;
    const source = places.get(to);
    if (!isBroken(tie)) places.delete(tensor);
    else if (!places.has(tensor) && source !== undefined) places.set(tensor, source);
  }
  if (places.size === checkpoint.tensors.size && [...places].every(([name, place]) => name === place))
    return checkpoint;
  return renamed(checkpoint, places);
}
