import { type MixContext, memoryCapacity, type SequenceMixer, SequiturError } from '@sequitur/core';
import { cast, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { emptyMemory, type KeyValueMemory, remember } from './key-value-memory.js';
import { causal, isCausal, type Pattern } from './patterns/index.js';
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
 * pattern it remembers keys and values, so that a text may come in chunks; where queries see what comes after them, a
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
    const pairs = isCausal(this.pattern) ? (length * (length + 1)) / 2 : length * length; // query i sees i + 1 keys
    const perPosition = this.keyHeads * (this.headSize + this.valueSize) * 4;
    return {
      flops: 2 * pairs * this.heads * (this.headSize + this.valueSize),
      stateBytes: isCausal(this.pattern) ? memoryCapacity(length) * perPosition : 0,
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
        keyLength: memory.length,
        visible: memory.visible,
        bias: this.positions.scoreBias(),
      };
      const output = this.attend(query, memory.keys, memory.values, options, context);
      return { output, state: isCausal(this.pattern) ? memory : emptyMemory };
    });
  }
}

/** A text that is read at once, as its own memory. */
function whole(state: KeyValueMemory, chunk: Parameters<typeof remember>[1]): ReturnType<typeof remember> {
  if (state.length === 0) return { ...chunk, length: chunk.keys.shape[1] } as ReturnType<typeof remember>;
  throw new SequiturError({
    where: 'MultiHeadAttention',
    expected: 'the whole text at once, since the pattern lets tokens see what comes after them',
    got: `a chunk after ${state.length} tokens`,
  });
}
