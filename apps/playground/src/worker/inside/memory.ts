import { Tensor } from '@tensorflow/tfjs-core';
import type { InsideBlock, MemoryView } from '../../protocol/inside.js';
import {
  bytesIn,
  type CausalStack,
  disposeState,
  InfiniAttention,
  type Module,
  modulesOf,
  replaceState,
  type StateTree,
  tensorsIn,
  tokenTensor,
} from '../packages.js';

/** Segment length for models whose blocks have none. */
const SEGMENTS = 6;
/** The part of a state other than its memory: the tokens of an incomplete segment. */
const PASSING = new Set(['keys', 'values', 'segment', 'attentionMask', 'convolution']);

type State = ReturnType<CausalStack['initState']>;

/** Reads the text segment by segment, and inspects the memory of each block after each. */
export async function memoryOf(
  stack: CausalStack,
  ids: readonly number[],
  blocks: readonly InsideBlock[],
  spell: (start: number, end: number) => string,
): Promise<{ readonly segments: readonly string[]; readonly blocks: readonly MemoryView[] } | null> {
  const size = segmentLengthOf(stack) ?? Math.max(1, Math.ceil(ids.length / SEGMENTS));
  const starts = Array.from({ length: Math.ceil(ids.length / size) }, (_, index) => index * size);
  const seen: { readonly values: Float32Array; readonly bytes: number }[][] = [];
  let state: State = stack.initState(1);
  for (const start of starts) {
    const tokens = tokenTensor([ids.slice(start, start + size)], stack.vocabularySize);
    const { logits, state: next } = stack.step(tokens, state, { logits: 'last' });
    state = replaceState(state, next);
    logits.dispose();
    tokens.dispose();
    seen.push(await Promise.all(state.blocks.map(remembered)));
  }
  disposeState(state);
  const shares = await Promise.all(stack.blocks.map(sharesOf));
  const views = blocks.flatMap((block, index): MemoryView[] => {
    const own = seen.map((after) => after[index]!);
    if (own.at(-1)!.values.length === 0) return [];
    return [viewOf(block, own, shares[index]!)];
  });
  if (views.length === 0) return null;
  return { segments: starts.map((start) => spell(start, Math.min(ids.length, start + size))), blocks: views };
}

/** The memory of one block as one vector; empty where it keeps all keys and values. */
async function remembered(state: StateTree) {
  const kept = partsOf(state);
  const parts = await Promise.all(kept.map((tensor) => tensor.data() as Promise<Float32Array>));
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return { values, bytes: bytesIn(state) };
}

function partsOf(state: StateTree): Tensor[] {
  if (state instanceof Tensor) return [state];
  if (typeof state !== 'object' || 'length' in state) return [];
  return Object.entries(state).flatMap(([name, part]) => (PASSING.has(name) ? [] : tensorsIn(part)));
}

function viewOf(
  { label, name, family }: InsideBlock,
  seen: readonly { readonly values: Float32Array; readonly bytes: number }[],
  shares: Float32Array | null,
): MemoryView {
  const vectors = seen.map(({ values }) => values);
  const norms = Float32Array.from(vectors, normOf);
  const changes = Float32Array.from(vectors, (now, index) => {
    const before = vectors[index - 1];
    if (!before || before.length !== now.length) return 1;
    return Math.min(1, normOf(now.map((value, at) => value - before[at]!)) / (norms[index]! || 1));
  });
  const likeness = Float32Array.from({ length: vectors.length ** 2 }, (_, cell) => {
    const [row, column] = [Math.floor(cell / vectors.length), cell % vectors.length];
    return cosine(vectors[row]!, vectors[column]!, norms[row]! * norms[column]!);
  });
  return { label, name, family, bytes: seen.at(-1)!.bytes, norms, changes, likeness, shares };
}

/** The share of memory in what each head of infini-attention reads, by its gate. */
async function sharesOf(block: Module): Promise<Float32Array | null> {
  const found = [...modulesOf(block)].find(([, part]) => part instanceof InfiniAttention);
  if (!found) return null;
  const gate = (await (found[1] as InfiniAttention).gate.value.data()) as Float32Array;
  return gate.map((value) => 1 / (1 + Math.exp(-value)));
}

/** The length of segments that a block declares. */
function segmentLengthOf(stack: CausalStack): number | undefined {
  for (const [, part] of modulesOf(stack)) {
    const { segmentLength } = part as { readonly segmentLength?: unknown };
    if (typeof segmentLength === 'number') return segmentLength;
  }
  return undefined;
}

function normOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
}

function cosine(a: Float32Array, b: Float32Array, norms: number): number {
  if (a.length !== b.length || norms === 0) return 0;
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0) / norms;
}
