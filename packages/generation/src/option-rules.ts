import { option, optionsOf } from '@sequitur/core';
import type { BeamOptions, ContrastiveOptions, GenerateOptions, SpeculationOptions, StopStrings } from './options.js';

const { optional } = option;

const tokens = option.listOf(option.countOrNone);
const sequence = option.kind<readonly number[]>(
  'token ids, at least one',
  (value) => Array.isArray(value) && value.length > 0 && value.every(isToken),
);
/** A probability in [0, 1]; the end of the range at which a filter keeps every token disables it. */
const share = optional(option.share);

/** The rules of all options. Values that disable an option are allowed: `topK: 0`, `topP: 1`, empty lists. */
export const generateOptions = optionsOf<GenerateOptions>({
  minTokens: optional(option.countOrNone),
  minLength: optional(option.countOrNone),
  repetitionPenalty: optional(option.positive),
  presencePenalty: optional(option.number('a finite number')),
  frequencyPenalty: optional(option.number('a finite number')),
  noRepeatNgram: optional(option.countOrNone),
  sources: optional(option.listOf(tokens)),
  sourceNoRepeatNgram: optional(option.countOrNone),
  sourceRepetitionPenalty: optional(option.positive),
  badWords: optional(option.listOf(sequence)),
  sequenceBias: optional(
    option.listOf(option.kind('a pair of token ids and a bias, a finite number or -Infinity', isBiasedSequence)),
  ),
  suppressTokens: optional(tokens),
  beginSuppressTokens: optional(tokens),
  forcedBosToken: optional(option.countOrNone),
  forcedEosToken: optional(option.either('a token id, or a list of token ids', option.countOrNone, tokens)),
  exponentialDecayLengthPenalty: optional(
    optionsOf<NonNullable<GenerateOptions['exponentialDecayLengthPenalty']>>({
      start: option.countOrNone,
      factor: option.positive,
    }),
  ),
  finite: optional(option.flag),
  processors: optional(option.listOf(option.callback)),
  renormalized: optional(option.flag),
  temperature: optional(option.nonNegative),
  topK: optional(option.countOrNone),
  topP: share,
  minP: share,
  typical: share,
  epsilonCutoff: share,
  etaCutoff: share,
  seed: optional(option.seed),
  maxTokens: optional(limit(0)),
  maxLength: optional(limit(1)),
  endTokens: optional(tokens),
  stop: optional(
    option.kind<StopStrings>('an object of strings, a list, and decode, a function', (value) => {
      const { strings, decode } = (value ?? {}) as Partial<StopStrings>;
      return Array.isArray(strings) && strings.every((string) => typeof string === 'string') && isFunction(decode);
    }),
  ),
  whenFull: optional(option.oneOf('stop', 'slide')),
  signal: optional(option.signal),
  sequences: optional(option.count),
  beamSearch: optional(
    optionsOf<BeamOptions>({
      beams: option.count,
      lengthPenalty: optional(option.number('a finite number')),
      earlyStopping: optional(option.oneOf(true, false, 'never')),
      groups: optional(option.count),
      diversityPenalty: optional(option.nonNegative),
      finishedGroupToken: optional(option.countOrNone),
    }),
  ),
  contrastive: optional(
    optionsOf<ContrastiveOptions>({
      candidates: option.count,
      penalty: option.share,
      hidden: optional(option.text),
    }),
  ),
  speculation: optional(
    optionsOf<SpeculationOptions>({
      draft: optional(option.having('a causal model', 'step', 'initState')),
      tokens: optional(option.count),
      lookup: optional(option.count),
    }),
  ),
  logProbabilities: optional(option.flag),
});

function limit(least: number) {
  return option.kind<number>(
    `an integer of at least ${least}, or Infinity`,
    (value) => value === Infinity || (Number.isSafeInteger(value) && Number(value) >= least),
  );
}

function isToken(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isBiasedSequence(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [sequence, bias] = value;
  if (!Array.isArray(sequence) || sequence.length === 0 || !sequence.every(isToken)) return false;
  return Number.isFinite(bias) || bias === -Infinity;
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
