import { checkArgument, checkOptions, option, optionsOf, Random, SequiturError } from '@sequitur/core';
import { Batches } from './batches.js';

/** A batch of windows: input ids, and labels, which are the next ids: [batch][length]. */
export interface WindowBatch {
  readonly inputs: readonly Int32Array[];
  readonly labels: readonly Int32Array[];
}

export interface WindowOptions {
  /** Tokens in a window. */
  readonly length: number;
  readonly batchSize: number;
}

export interface SeededWindowOptions extends WindowOptions {
  readonly seed: number | string;
}

/** Rules of the options of windows. */
export const windowRules = { length: option.count, batchSize: option.count };
const windowOptions = optionsOf<WindowOptions>(windowRules);
const seededOptions = optionsOf<SeededWindowOptions>({ ...windowRules, seed: option.seed });

/** Endless batches of windows at random positions, deterministic for a seed. */
export function randomWindows(tokens: ArrayLike<number>, options: SeededWindowOptions): Batches<WindowBatch> {
  checkOptions('randomWindows', seededOptions, options);
  const { length, batchSize, seed } = options;
  const source = checked(tokens, length);
  const starts = source.length - length;
  const identity = { windows: 'random', length, batchSize, seed, ...identityOf(source) };
  return Batches.from(identity, { random: { ...Random.fromSeed(seed).state } }, ({ random: state }) => {
    const random = Random.fromState(state);
    const chosen = Array.from({ length: batchSize }, () => random.integer(starts));
    return { batch: batchAt(source, length, chosen), state: { random: { ...random.state } } };
  });
}

/** Batches of consecutive windows from the start on; tokens of a last incomplete batch are dropped. */
export function consecutiveWindows(tokens: ArrayLike<number>, options: WindowOptions): Batches<WindowBatch> {
  checkOptions('consecutiveWindows', windowOptions, options);
  const { length, batchSize } = options;
  const source = checked(tokens, length);
  const windows = Math.floor((source.length - 1) / length);
  const identity = { windows: 'consecutive', length, batchSize, ...identityOf(source) };
  return Batches.from(identity, { window: 0 }, ({ window }) => {
    if (window + batchSize > windows) return null;
    const starts = Array.from({ length: batchSize }, (_, row) => (window + row) * length);
    return { batch: batchAt(source, length, starts), state: { window: window + batchSize } };
  });
}

/**
 * Endless epochs of consecutive windows; the order and the offset change every epoch, so that every token occurs once
 * per epoch. Deterministic for a seed.
 *
 * @throws SequiturError where the tokens fill no batch
 */
export function shuffledWindows(tokens: ArrayLike<number>, options: SeededWindowOptions): Batches<WindowBatch> {
  checkOptions('shuffledWindows', seededOptions, options);
  const { length, batchSize, seed } = options;
  const source = checked(tokens, length * (batchSize + 1));
  const windows = Math.floor((source.length - length) / length);
  const identity = { windows: 'shuffled', length, batchSize, seed, ...identityOf(source) };
  let order: { readonly epoch: number; readonly starts: readonly number[] } | null = null;
  const orderOf = (epoch: number) => {
    if (order?.epoch !== epoch) {
      const random = Random.fromSeed(seed).fork(epoch);
      const offset = random.integer(length);
      const starts = Array.from({ length: windows }, (_, window) => offset + window * length);
      order = { epoch, starts: random.shuffle(starts) };
    }
    return order.starts;
  };
  return Batches.from(identity, { epoch: 0, window: 0 }, (state) => {
    const place = state.window + batchSize > windows ? { epoch: state.epoch + 1, window: 0 } : state;
    const starts = orderOf(place.epoch).slice(place.window, place.window + batchSize);
    return { batch: batchAt(source, length, starts), state: { ...place, window: place.window + batchSize } };
  });
}

function batchAt(tokens: Int32Array, length: number, starts: readonly number[]): WindowBatch {
  return {
    inputs: starts.map((start) => tokens.subarray(start, start + length)),
    labels: starts.map((start) => tokens.subarray(start + 1, start + 1 + length)),
  };
}

/** Identifies tokens by their count and the FNV-1a hash of their ids (Fowler, Noll and Vo 1991). */
function identityOf(tokens: Int32Array): { readonly tokens: number; readonly hash: number } {
  let hash = 0x811c9dc5;
  for (const token of tokens) hash = Math.imul(hash ^ token, 0x01000193);
  return { tokens: tokens.length, hash: hash >>> 0 };
}

const tokenList = option.kind(
  'a list of token ids',
  (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value),
);

function checked(tokens: ArrayLike<number>, length: number): Int32Array {
  checkArgument('windows, tokens', tokenList, tokens);
  if (tokens.length > length) return tokens instanceof Int32Array ? tokens : Int32Array.from(tokens);
  throw new SequiturError({
    where: 'windows',
    expected: `more than ${length} tokens, the length of a window`,
    got: `${tokens.length}`,
    fix: 'Use a longer text or shorter windows',
  });
}
