import {
  cacheCapacity,
  linearFlops,
  type MixContext,
  type PartCost,
  type SequenceMixer,
  SequiturError,
} from '@sequitur/core';
import { cast, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { attentionFlops, attentionGradientFlops } from './attention-cost.js';
import {
  emptyMemory,
  evict,
  type FilledMemory,
  type KeyValueCache,
  keptPositions,
  mostPositions,
  type RememberedChunk,
  remember,
} from './key-value-cache.js';
import { causal, expectPattern, type Pattern, reach, splittableFrom, visiblePairs } from './patterns/index.js';
import { NoPositionalEncoding, type PositionalEncoding } from './positions/positional-encoding.js';
import { ProjectedAttention, type ProjectionOptions } from './projected-attention.js';

export interface MultiHeadAttentionOptions extends Omit<ProjectionOptions, 'sourceWidth'> {
  /** Which keys each query may see; default {@link causal}. */
  readonly pattern?: Pattern;
  /** How order is known; default not at all. */
  readonly positions?: PositionalEncoding;
}

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2.2) over a pattern, positions and a memory. It remembers keys
 * and values as far as later queries can see them, so that a text may come in chunks. Where queries see what comes after
 * them, that must come in the same chunk: of a prefix all of it, and a text whole where any query sees all.
 *
 * Observable: `weights` [batch, heads, length, keys], computed only when somebody observes.
 */
export class MultiHeadAttention extends ProjectedAttention implements SequenceMixer<KeyValueCache> {
  readonly pattern: Pattern;
  readonly positions: PositionalEncoding;

  constructor({
    pattern = causal(),
    positions = new NoPositionalEncoding(),
    ...projections
  }: MultiHeadAttentionOptions) {
    super(projections);
    expectPattern('MultiHeadAttention, pattern', pattern);
    this.pattern = pattern;
    this.positions = positions;
  }

  /** For one text of so many tokens, after `seen` others. */
  cost(length: number, seen = 0): PartCost {
    const projections = linearFlops(this, length);
    const pairs = this.heads * visiblePairs(this.pattern, length, seen);
    const perPosition = this.keyHeads * (this.headSize + this.valueSize) * 4;
    const kept = cacheCapacity(Math.min(seen + length, mostPositions(this.pattern)));
    return {
      flops: projections + pairs * attentionFlops(this),
      gradientFlops: 2 * projections + pairs * attentionGradientFlops(this),
      // A text whose keys and values alone are read later.
      stateGradientFlops: 2 * (linearFlops(this.key, length) + linearFlops(this.value, length)),
      stateBytes: seen + length >= splittableFrom(this.pattern) ? kept * perPosition : 0,
    };
  }

  initState(_batchSize: number): KeyValueCache {
    return emptyMemory;
  }

  mix(x: Tensor3D, state: KeyValueCache, context: MixContext): { output: Tensor3D; state: KeyValueCache } {
    if (state.length > 0 && !state.keys) this.#refuse(state.length);
    return tidy(() => {
      const place = { seen: state.length, length: x.shape[1], positions: context.positions };
      const query = this.positions.apply(this.queriesOf(x), place);
      const keys = this.positions.apply(this.keysOf(x), place);
      const attentionMask = context.attentionMask && (cast(context.attentionMask, 'float32') as Tensor2D);
      const chunk = { keys, values: this.valuesOf(x), attentionMask };
      const goesOn = state.length + x.shape[1] >= splittableFrom(this.pattern);
      const memory = goesOn ? remember(state, chunk) : wholeText(chunk);
      const options = {
        pattern: this.pattern,
        keyLength: keptPositions(memory),
        evicted: memory.evicted ? { from: reach(this.pattern).first, count: memory.evicted } : undefined,
        attentionMask: memory.attentionMask,
        bias: this.positions.scoreBias(),
      };
      const output = this.attend(query, memory.keys, memory.values, options, context);
      return { output, state: goesOn ? evict(memory, this.pattern) : { length: memory.length } };
    });
  }

  #refuse(seen: number): never {
    const from = splittableFrom(this.pattern);
    throw new SequiturError({
      where: 'MultiHeadAttention',
      expected: from === Infinity ? 'the whole text at once' : `the first ${from} tokens at once`,
      got: `a chunk after ${seen} tokens, which by the pattern see what comes after them`,
      fix: 'Begin with initState, and with all that tokens see',
    });
  }
}

/** A text that nothing follows, as its own memory. */
function wholeText(chunk: RememberedChunk): FilledMemory {
  return { ...chunk, length: chunk.keys.shape[1] } as FilledMemory;
}
