import { type MixContext, memoryCapacity, type SequenceMixer, SequiturError } from '@sequitur/core';
import { cast, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import {
  emptyMemory,
  type FilledMemory,
  forget,
  type KeyValueMemory,
  keptPositions,
  mostPositions,
  type RememberedChunk,
  remember,
} from './key-value-memory.js';
import { causal, isCausal, type Pattern, reach } from './patterns/index.js';
import { NoPositions, type Positions } from './positions/positions.js';
import { ProjectedAttention, type ProjectionOptions } from './projected-attention.js';

export interface MultiHeadAttentionOptions extends Omit<ProjectionOptions, 'sourceWidth'> {
  /** Which keys each query may see; default {@link causal}. */
  readonly pattern?: Pattern;
  /** How order is known; default not at all. */
  readonly positions?: Positions;
}

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2.2) over a pattern, positions and a memory. With a causal
 * pattern it remembers keys and values as far as later queries can see them, so that a text may come in chunks; where queries see what comes after them, a
 * text must come whole and nothing is remembered.
 *
 * Observable: `weights` [batch, heads, length, keys], computed only when somebody observes.
 */
export class MultiHeadAttention extends ProjectedAttention implements SequenceMixer<KeyValueMemory> {
  readonly pattern: Pattern;
  readonly positions: Positions;

  constructor({ pattern = causal(), positions = new NoPositions(), ...projections }: MultiHeadAttentionOptions) {
    super(projections);
    this.pattern = pattern;
    this.positions = positions;
  }

  /** Beside its projections, for one text of so many tokens: floating point operations, and bytes of the state after it. */
  cost(length: number): { readonly flops: number; readonly stateBytes: number } {
    const pairs = pairsSeen(this.pattern, length);
    const perPosition = this.keyHeads * (this.headSize + this.valueSize) * 4;
    return {
      flops: 2 * pairs * this.heads * (this.headSize + this.valueSize),
      stateBytes: isCausal(this.pattern)
        ? memoryCapacity(Math.min(length, mostPositions(this.pattern))) * perPosition
        : 0,
    };
  }

  initState(_batchSize: number): KeyValueMemory {
    return emptyMemory;
  }

  mix(x: Tensor3D, state: KeyValueMemory, context: MixContext): { output: Tensor3D; state: KeyValueMemory } {
    return tidy(() => {
      const place = { seen: state.length, length: x.shape[1], positions: context.positions };
      const query = this.positions.mark(this.queriesOf(x), place);
      const keys = this.positions.mark(this.keysOf(x), place);
      const visible = context.visible && (cast(context.visible, 'float32') as Tensor2D);
      const chunk = { keys, values: this.valuesOf(x), visible };
      const memory = isCausal(this.pattern) ? remember(state, chunk) : whole(state, chunk);
      const options = {
        pattern: this.pattern,
        keyLength: keptPositions(memory),
        forgotten: memory.forgotten ? { from: reach(this.pattern).first, count: memory.forgotten } : undefined,
        visible: memory.visible,
        bias: this.positions.scoreBias(),
      };
      const output = this.attend(query, memory.keys, memory.values, options, context);
      return { output, state: isCausal(this.pattern) ? forget(memory, this.pattern) : emptyMemory };
    });
  }
}

/** About how many pairs of query and key there are: of a window its width for each query. */
function pairsSeen(pattern: Pattern, length: number): number {
  const { left, right, first } = reach(pattern);
  const [before, after] = [Math.min(left, length - 1), Math.min(right, length - 1)];
  const ofWindow = (side: number) => side * length - (side * (side + 1)) / 2; // the ends of the text cut it short
  const window = length + ofWindow(before) + ofWindow(after);
  return Math.min(length * length, window + Math.min(first, length) * Math.max(0, length - before - after - 1));
}

/** A text that is read at once, as its own memory. */
function whole(state: KeyValueMemory, chunk: RememberedChunk): FilledMemory {
  if (state.length === 0) return { ...chunk, length: chunk.keys.shape[1] } as FilledMemory;
  throw new SequiturError({
    where: 'MultiHeadAttention',
    expected: 'the whole text at once, since the pattern lets tokens see what comes after them',
    got: `a chunk after ${state.length} tokens`,
  });
}
