import {
  cacheCapacity,
  expectPadding,
  keepMaskRows,
  linearFlops,
  type MixContext,
  maskRows,
  type PartCost,
  refuseResets,
  type SequenceMixer,
  SequiturError,
} from '@sequitur/core';
import { cast, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { attentionFlops, attentionGradientFlops } from './attention-cost.js';
import {
  cachedPositions,
  emptyCache,
  evict,
  expectCache,
  extendCache,
  type FilledCache,
  type KeyValueCache,
  type KeyValueChunk,
  maxCachedPositions,
} from './key-value-cache.js';
import { ofLastDocuments, packedDocuments } from './packed-documents.js';
import {
  causal,
  expectPattern,
  isCausal,
  type Pattern,
  paddingPlaces,
  reach,
  splittableFrom,
  visiblePairs,
} from './patterns/index.js';
import { stricter } from './patterns/padding-places.js';
import { NoPositionalEncoding, type PositionalEncoding } from './positions/positional-encoding.js';
import { ProjectedAttention, type ProjectionOptions } from './projected-attention.js';

export interface MultiHeadAttentionOptions extends Omit<ProjectionOptions, 'sourceWidth'> {
  /** Which keys each query attends to; default {@link causal}. */
  readonly pattern?: Pattern;
  /** The positional encoding; default none. */
  readonly positions?: PositionalEncoding;
}

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2.2) with a pattern, a positional encoding and a KV cache.
 * A sequence may be read in chunks. Where queries attend to later positions, those positions must be in the same chunk:
 * the whole prefix of a prefix pattern, the whole sequence where any query attends to all.
 *
 * Observable: `query` [batch, length, heads, headSize] and `key` [batch, keys, keyHeads, headSize], both with their
 * positions, `value` [batch, keys, keyHeads, valueSize], and `weights` [batch, heads, length, keys], computed only when
 * observed.
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

  get isCausal(): boolean {
    return isCausal(this.pattern);
  }

  /** Cost of `length` tokens of one sequence, after `seen` earlier ones. */
  cost(length: number, seen = 0): PartCost {
    const projections = linearFlops(this, length);
    const pairs = this.heads * visiblePairs(this.pattern, length, seen);
    const perPosition = this.keyHeads * (this.headSize + this.valueSize) * 4;
    const kept = cacheCapacity(Math.min(seen + length, maxCachedPositions(this.pattern)));
    return {
      flops: projections + pairs * attentionFlops(this),
      gradientFlops: 2 * projections + pairs * attentionGradientFlops(this),
      // Through the state alone, only the keys and values get gradients.
      stateGradientFlops: 2 * (linearFlops(this.key, length) + linearFlops(this.value, length)),
      stateBytes: seen + length >= splittableFrom(this.pattern) ? kept * perPosition : 0,
    };
  }

  initState(_batchSize: number): KeyValueCache {
    return emptyCache;
  }

  mix(x: Tensor3D, state: KeyValueCache, context: MixContext): { output: Tensor3D; state: KeyValueCache } {
    if (state.length > 0 && !state.keys) this.#refuse(state.length);
    if (paddingPlaces(this.pattern) === 'after')
      refuseResets('MultiHeadAttention, whose pattern depends on positions in the row', context);
    return tidy(() => {
      const unplaced = { keys: this.keysOf(x), values: this.valuesOf(x) };
      expectCache(state, unplaced); // before its length is used to compute position tables
      const place = { seen: state.length, length: x.shape[1], positions: context.positions };
      const query = this.positions.apply(this.queriesOf(x), place);
      const keys = this.positions.apply(unplaced.keys, place);
      const { attentionMask: mask } = context;
      const rows = mask ? maskRows(mask) : null; // before a GPU first reads the mask
      const attentionMask = mask && keepMaskRows(cast(mask, 'float32').clone() as Tensor2D, rows);
      const chunk = { keys, values: unplaced.values, attentionMask };
      const continues = state.length + x.shape[1] >= splittableFrom(this.pattern);
      const cache = continues ? extendCache(state, chunk) : wholeSequence(chunk);
      this.#expectPadding(cache);
      const documents = context.resets && packedDocuments(context.resets, cachedPositions(cache) - x.shape[1]);
      const options = {
        pattern: this.pattern,
        keyLength: cachedPositions(cache),
        evicted: cache.evicted ? { from: reach(this.pattern).first, count: cache.evicted } : undefined,
        attentionMask: cache.attentionMask,
        documents,
        bias: this.positions.scoreBias(),
      };
      const output = this.attend(query, cache.keys, cache.values, options, context);
      if (!continues) return { output, state: { length: cache.length } };
      return { output, state: evict(documents ? ofLastDocuments(cache, documents) : cache, this.pattern) };
    });
  }

  /** Distances are counted over all cached positions: by the pattern, and by buckets of relative positions. */
  #expectPadding({ attentionMask, evicted = 0 }: KeyValueCache): void {
    if (!attentionMask) return;
    const ofPattern = paddingPlaces(this.pattern);
    const ofBias = this.positions.scoreBias()?.kind === 'buckets' ? 'around' : 'anywhere';
    const places = stricter(ofPattern, ofBias);
    expectPadding('MultiHeadAttention', attentionMask, evicted && places === 'after' ? 'around' : places);
  }

  #refuse(seen: number): never {
    const from = splittableFrom(this.pattern);
    throw new SequiturError({
      where: 'MultiHeadAttention',
      expected: from === Infinity ? 'the whole sequence in one chunk' : `the first ${from} tokens in one chunk`,
      got: `a chunk after ${seen} tokens, which attend to later tokens by the pattern`,
      fix: 'Start from initState with a chunk that holds all positions that its tokens attend to',
    });
  }
}

/** The cache of a sequence that is read in one chunk and not continued. */
function wholeSequence(chunk: KeyValueChunk): FilledCache {
  return { ...chunk, length: chunk.keys.shape[1] } as FilledCache;
}
