import type { GenerateOptions, SamplingOptions } from './options.js';
import * as rules from './processors/index.js';
import { type LogitsProcessor, renormalized, type SequenceSoFar } from './processors/index.js';

/** The logits processors of the options other than those of sampling, in the order of Hugging Face. */
export function processorsOf(options: GenerateOptions, maxTokens: number): LogitsProcessor[] {
  const { endTokens = [], forcedEosToken, exponentialDecayLengthPenalty, beamSearch } = options;
  return [
    given(options.sequenceBias, rules.sequenceBias),
    given(beamSearch?.diversityPenalty, rules.diversityPenalty),
    given(options.sourceRepetitionPenalty, rules.sourceRepetitionPenalty),
    given(options.repetitionPenalty, rules.repetitionPenalty),
    given(options.presencePenalty, rules.presencePenalty),
    given(options.frequencyPenalty, rules.frequencyPenalty),
    given(options.noRepeatNgram, rules.noRepeatNgram),
    given(options.sourceNoRepeatNgram, rules.sourceNoRepeatNgram),
    given(options.badWords, rules.badWordSequences),
    given(options.minLength, (length) => rules.minimumLength(length, endTokens)),
    given(options.minTokens, (count) => rules.minimumTokens(count, endTokens)),
    given(options.forcedBosToken, rules.forcedBosToken),
    given(forcedEosToken, (last) => rules.forcedEosToken([last].flat() as number[], maxTokens)),
    given(options.finite || undefined, rules.finite),
    given(exponentialDecayLengthPenalty, ({ start, factor }) =>
      rules.exponentialDecayLengthPenalty(start, factor, endTokens),
    ),
    given(options.suppressTokens, rules.suppressTokens),
    // After a forced first token, the second one is the first free one.
    given(options.beginSuppressTokens, (tokens) =>
      rules.beginSuppressTokens(tokens, options.forcedBosToken === undefined ? 0 : 1),
    ),
    ...(options.processors ?? []),
  ].filter((rule) => rule !== null);
}

/**
 * The logits processors of sampling, in the order of Hugging Face.
 *
 * @param keep minimum number of tokens that each keeps
 */
export function samplingProcessorsOf(options: SamplingOptions, keep = 1): LogitsProcessor[] {
  return [
    given(options.temperature || undefined, rules.temperature),
    given(options.topK, (k) => rules.topK(k, { keep })),
    given(options.topP, (p) => rules.topP(p, { keep })),
    given(options.minP, (share) => rules.minP(share, { keep })),
    given(options.typical, (mass) => rules.typical(mass, { keep })),
    given(options.epsilonCutoff, (epsilon) => rules.epsilonCutoff(epsilon, { keep })),
    given(options.etaCutoff, (epsilon) => rules.etaCutoff(epsilon, { keep })),
  ].filter((rule) => rule !== null);
}

/** Whether tokens are sampled: where any sampling option is given and the temperature is not 0. */
export function isSampling(options: SamplingOptions): boolean {
  const { temperature, topK, topP, minP, typical, epsilonCutoff, etaCutoff } = options;
  if (temperature !== undefined) return temperature > 0;
  return [topK, topP, minP, typical, epsilonCutoff, etaCutoff].some((choice) => choice !== undefined);
}

function given<T>(option: T | undefined, rule: (option: T) => LogitsProcessor): LogitsProcessor | null {
  return option === undefined ? null : rule(option);
}

/** A sequence with the maximum number of its generated tokens. */
export interface LimitedSequence extends SequenceSoFar {
  readonly limit: number;
}

/**
 * All logits processors of the options as one, those of sampling included where tokens are sampled.
 *
 * @param keep minimum number of tokens that each sampling processor keeps
 */
export function shaperOf(
  options: GenerateOptions,
  keep = 1,
): (scores: Float32Array, sequence: LimitedSequence) => void {
  const sampling = isSampling(options) ? samplingProcessorsOf(options, keep) : [];
  const last = options.renormalized ? [renormalized()] : [];
  const byLimit = new Map<number, readonly LogitsProcessor[]>();
  return (scores, sequence) => {
    const { limit } = sequence;
    if (!byLimit.has(limit)) byLimit.set(limit, [...processorsOf(options, limit), ...sampling, ...last]);
    for (const rule of byLimit.get(limit)!) rule(scores, sequence);
  };
}
