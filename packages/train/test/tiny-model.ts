import {
  type CausalModel,
  dropout,
  Embedding,
  initialize,
  type Json,
  Linear,
  Module,
  parametersOf,
  Random,
  type RandomState,
  type ResumableData,
  type StateTree,
  type StepContext,
} from '@sequitur/core';
import { reshape, type Tensor2D, type Tensor3D, tanh, tidy } from '@tensorflow/tfjs-core';
import type { TokenBatch } from '../src/index.js';

const VOCABULARY = 13;

/** Foretells the next token from the last one alone: an embedding, a layer, and dropout between them. */
export class TinyModel extends Module implements CausalModel {
  readonly vocabularySize = VOCABULARY;
  readonly contextLength = Number.POSITIVE_INFINITY;
  readonly embedding: Embedding;
  readonly head: Linear;
  readonly #width: number;

  constructor(width = 24) {
    super();
    this.#width = width;
    this.embedding = new Embedding(VOCABULARY, width);
    this.head = new Linear(width, VOCABULARY);
  }

  static create(seed: number, width = 24): TinyModel {
    return initialize(new TinyModel(width), seed);
  }

  initState(): StateTree {
    return 0;
  }

  step(tokens: Tensor2D, state: StateTree, { random }: StepContext = {}): { logits: Tensor3D; state: StateTree } {
    const [batch, length] = tokens.shape;
    const logits = tidy(() => {
      const hidden = dropout(tanh(this.embedding.lookup(tokens)), 0.2, random);
      const rows = this.head.apply(reshape(hidden, [batch * length, this.#width]) as Tensor2D);
      return reshape(rows, [batch, length, VOCABULARY]) as Tensor3D;
    });
    return { logits, state };
  }
}

/** Endless random batches that can be gone on with. */
export class TinyData implements ResumableData<TokenBatch> {
  #random: Random;

  constructor(seed: number) {
    this.#random = Random.fromSeed(seed);
  }

  get position(): Json {
    return this.#random.state as unknown as Json;
  }

  resumeAt(position: Json): void {
    this.#random = Random.fromState(position as unknown as RandomState);
  }

  *[Symbol.iterator](): Generator<TokenBatch> {
    for (;;) yield tinyBatch(this.#random);
  }
}

/** Tokens that mostly follow a rule. */
export function tinyBatch(random: Random): TokenBatch {
  const inputs = Array.from({ length: 4 }, () => Array.from({ length: 8 }, () => random.integer(VOCABULARY)));
  const successor = (token: number) =>
    random.uniform() < 0.8 ? (token * 5 + 3) % VOCABULARY : random.integer(VOCABULARY);
  return { inputs, labels: inputs.map((row) => row.map(successor)) };
}

/** Every number of the model, bit by bit, as text. */
export async function fingerprint(model: Module): Promise<string> {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  for (const [path, parameter] of parametersOf(model)) {
    const values = await parameter.read();
    hash.update(path).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
