import { dispose, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { SequiturError } from '../errors.js';
import type { CausalModel, StepContext } from '../model.js';
import { disposeState, type StateTree } from '../state-tree.js';
import { tokenTensor } from '../tokens.js';
import { type GenerateOptions, processorsOf, samplerOf } from './options.js';

/** One sequence as it grows. */
interface Sequence {
  readonly tokens: number[];
  readonly promptLength: number;
  finished: boolean;
}

/**
 * Goes on writing after each prompt, all prompts together, one token at a time. Shorter prompts are padded at the left,
 * which changes nothing in what follows them.
 *
 * Yields for every step the new token of each sequence, null for those that have ended. Stops at `maxTokens`, when all
 * have ended, or when the context is full; leaving the loop early frees everything.
 *
 * @param prompts lists of token ids, none of them empty
 * @throws SequiturError when a prompt is empty, too long, or has an unknown id
 */
export async function* generate(
  model: CausalModel,
  prompts: readonly (readonly number[])[],
  options: GenerateOptions = {},
): AsyncGenerator<readonly (number | null)[]> {
  const { maxTokens = 128, endTokens = [], signal } = options;
  const [processors, choose] = [processorsOf(options), samplerOf(options)];
  const sequences = prompts.map((prompt) => startSequence(prompt, model));
  const reader = new Reader(model, sequences, options.whenFull ?? 'stop');
  try {
    for (let count = 0; count < maxTokens; count++) {
      signal?.throwIfAborted();
      const logits = await reader.next();
      if (!logits) return;
      const chosen = sequences.map((sequence, row) => {
        if (sequence.finished) return null;
        const own = logits.slice(row * model.vocabularySize, (row + 1) * model.vocabularySize);
        for (const process of processors) process(own, sequence);
        const token = choose(own);
        sequence.tokens.push(token);
        sequence.finished = endTokens.includes(token);
        return token;
      });
      yield chosen;
      if (sequences.every(({ finished }) => finished)) return;
    }
  } finally {
    reader.dispose();
  }
}

/** Feeds a model what it has not read yet, and keeps its state. */
class Reader {
  readonly #model: CausalModel;
  readonly #sequences: readonly Sequence[];
  readonly #whenFull: 'stop' | 'slide';
  #state: StateTree;
  /** How many positions the state holds, and how many tokens of each sequence they cover. */
  #filled = 0;
  #covered: number[];

  constructor(model: CausalModel, sequences: readonly Sequence[], whenFull: 'stop' | 'slide') {
    this.#model = model;
    this.#sequences = sequences;
    this.#whenFull = whenFull;
    this.#state = model.initState(sequences.length);
    this.#covered = sequences.map(() => 0);
  }

  /** Logits [sequences * vocabulary] after all tokens so far; null where the context is full. */
  async next(): Promise<Float32Array | null> {
    const { contextLength } = this.#model;
    if (this.#filled + this.#longestUnread() > contextLength) {
      if (this.#whenFull === 'stop') return null;
      this.#slide(Math.max(1, Math.floor(contextLength / 2)));
    }
    const logits = this.#read();
    try {
      return (await logits.data()) as Float32Array;
    } finally {
      logits.dispose();
    }
  }

  dispose(): void {
    disposeState(this.#state);
  }

  #longestUnread(): number {
    return Math.max(...this.#sequences.map(({ tokens }, row) => tokens.length - this.#covered[row]!));
  }

  /** Starts again from the last `kept` tokens of each sequence. */
  #slide(kept: number): void {
    disposeState(this.#state);
    this.#state = this.#model.initState(this.#sequences.length);
    this.#filled = 0;
    this.#covered = this.#sequences.map(({ tokens }) => Math.max(0, tokens.length - kept));
  }

  #read() {
    const unread = this.#sequences.map(({ tokens }, row) => tokens.slice(this.#covered[row]));
    const length = Math.max(...unread.map((row) => row.length));
    const padding = unread.map((row) => length - row.length);
    const rows = unread.map((row, i) => [...new Array<number>(padding[i]!).fill(0), ...row]);
    const tokens = tokenTensor(rows, this.#model.vocabularySize);
    const context: StepContext = { logits: 'last', ...this.#paddingContext(padding, length) };
    try {
      const { logits, state } = this.#model.step(tokens, this.#state, context);
      disposeState(this.#state);
      this.#state = state;
      this.#filled += length;
      this.#covered = this.#sequences.map((sequence) => sequence.tokens.length);
      return logits;
    } finally {
      dispose([tokens, context.visible, context.positions].filter((tensor) => tensor !== undefined));
    }
  }

  /** What the model must know where prompts were padded: which tokens are real, and where each stands in its text. */
  #paddingContext(padding: readonly number[], length: number): { visible?: Tensor2D; positions?: Tensor2D } {
    const first = this.#filled === 0;
    if (first) this.#shift = padding.some((count) => count > 0) ? padding : null;
    if (!this.#shift) return {};
    const shape: [number, number] = [padding.length, length];
    const cells = Array.from(
      { length: padding.length * length },
      (_, i) => [Math.floor(i / length), i % length] as const,
    );
    const visible = cells.map(([row, column]) => (first && column < padding[row]! ? 0 : 1));
    const positions = cells.map(([row, column]) => Math.max(0, this.#filled + column - this.#shift![row]!));
    return { visible: tensor2d(visible, shape, 'int32'), positions: tensor2d(positions, shape, 'int32') };
  }

  /** By how many positions each row was padded when it was first read; null where none was. */
  #shift: readonly number[] | null = null;
}

function startSequence(prompt: readonly number[], { contextLength }: CausalModel): Sequence {
  const fault = (expected: string, got: string, fix: string) =>
    new SequiturError({ where: 'generate, prompt', expected, got, fix });
  if (prompt.length === 0) throw fault('at least one token', 'none', 'Begin with the token that starts a text');
  if (prompt.length > contextLength) {
    throw fault(`at most ${contextLength} tokens`, `${prompt.length}`, 'Give the model the end of the text only');
  }
  return { tokens: [...prompt], promptLength: prompt.length, finished: false };
}
