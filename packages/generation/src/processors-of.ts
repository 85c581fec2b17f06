import type { GenerateOptions, SamplingOptions } from './options.js';
import type { LogitsProcessor } from './processors/index.js';
import * as rules from './processors/index.js';

/** The logits processors of the options other than those of sampling, in the order of Hugging Face. */
export function processorsOf(options: GenerateOptions, maxTokens: number): LogitsProcessor[] {
  const { endTokens = [], forcedEosToken = [], exponentialDecayLengthPenalty, beamSearch } = options;
  const lastTokens = [forcedEosToken].flat() as readonly number[];
  return [
    given(options.sequenceBias, rules.sequenceBias),
    given(unless(beamSearch?.diversityPenalty, 0), rules.diversityPenalty),
    given(unless(options.sourceRepetitionPenalty, 1), rules.sourceRepetitionPenalty),
    given(unless(options.repetitionPenalty, 1), rules.repetitionPenalty),
    given(unless(options.presencePenalty, 0), rules.presencePenalty),
    given(unless(options.frequencyPenalty, 0), rules.frequencyPenalty),
    given(unless(options.noRepeatNgram, 0), rules.noRepeatNgram),
    given(unless(options.sourceNoRepeatNgram, 0), rules.sourceNoRepeatNgram),
    given(options.badWords, rules.badWordSequences),
    given(options.minLength, (length) => rules.minimumLength(length, endTokens)),
    given(options.minTokens, (count) => rules.minimumTokens(count, endTokens)),
    given(options.forcedBosToken, rules.forcedBosToken),
    given(lastTokens.length > 0 && maxTokens < Infinity ? lastTokens : undefined, (last) =>
      rules.forcedEosToken(last, maxTokens),
    ),
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
    given(unless(options.temperature, 0, 1), rules.temperature),
    given(unless(options.topK, 0), (k) => rules.topK(k, { keep })),
    given(unless(options.topP, 1), (p) => rules.topP(p, { keep })),
    given(unless(options.minP, 0), (share) => rules.minP(share, { keep })),
    given(unless(options.typical, 1), (mass) => rules.typical(mass, { keep })),
    given(unless(options.epsilonCutoff, 0, 1), (epsilon) => rules.epsilonCutoff(epsilon, { keep })),
    given(unless(options.etaCutoff, 0, 1), (epsilon) => rules.etaCutoff(epsilon, { keep })),
  ].filter((rule) => rule !== null);
}

/** Whether tokens are sampled: where any sampling option is given and the temperature is not 0. */
export function isSampling(options: SamplingOptions): boolean {
  const { temperature, topK, topP, minP, typical, epsilonCutoff, etaCutoff } = options;
  if (temperature !== undefined) return temperature > 0;
  return [topK, topP, minP, typical, epsilonCutoff, etaCutoff].some((choice) => choice !== undefined);
}

/** The value, or undefined where it is one that switches its rule off. */
function unless(value: number | undefined, ...off: readonly number[]): number | undefined {
  return value !== undefined && off.includes(value) ? undefined : value;
}

function given<T>(option: T | undefined, rule: (option: T) => LogitsProcessor): LogitsProcessor | null {
  return option === undefined ? null : rule(option);
}
