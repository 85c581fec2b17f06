import type { SamplingSettings } from '../../protocol/write.js';
import { type LogitsProcessor, logitsProcessors as rules } from '../packages.js';

/** A rule of drawing, and the setting that it comes from. */
export interface Rule {
  readonly name: string;
  readonly apply: LogitsProcessor;
}

/**
 * What lowers scores, in the order of generation.
 *
 * @param promptLength tokens before the first generated one
 */
export function penaltiesOf(settings: SamplingSettings, promptLength: number): Rule[] {
  const { repetitionPenalty, presencePenalty, frequencyPenalty, noRepeatNgram } = settings;
  const found = [
    repetitionPenalty !== 1 && { name: 'repetition', apply: rules.repetitionPenalty(repetitionPenalty) },
    presencePenalty !== 0 && { name: 'presence', apply: rules.presencePenalty(presencePenalty) },
    frequencyPenalty !== 0 && { name: 'frequency', apply: rules.frequencyPenalty(frequencyPenalty) },
    noRepeatNgram > 0 && { name: 'no repeats', apply: rules.noRepeatNgram(noRepeatNgram) },
  ];
  return found
    .filter((rule) => rule !== false)
    .map(({ name, apply }) => ({ name, apply: (scores, sequence) => apply(scores, { ...sequence, promptLength }) }));
}

/** What sampling draws from, in the order of generation. */
export function samplingOf(settings: SamplingSettings): Rule[] {
  const { temperature, topK, topP, minP, typical, epsilonCutoff, etaCutoff } = settings;
  const found = [
    temperature > 0 && { name: 'temperature', apply: rules.temperature(temperature) },
    topK > 0 && { name: 'top-k', apply: rules.topK(topK) },
    topP < 1 && { name: 'top-p', apply: rules.topP(topP) },
    minP > 0 && { name: 'min-p', apply: rules.minP(minP) },
    typical < 1 && { name: 'typical', apply: rules.typical(typical) },
    epsilonCutoff > 0 && { name: 'epsilon', apply: rules.epsilonCutoff(epsilonCutoff) },
    etaCutoff > 0 && { name: 'eta', apply: rules.etaCutoff(etaCutoff) },
  ];
  return found.filter((rule) => rule !== false);
}

/** The options of generation that draw by the settings; penalties are given as processors. */
export function optionsOf(settings: SamplingSettings) {
  const { temperature, topP, topK, minP, typical, epsilonCutoff, etaCutoff, seed } = settings;
  return {
    ...{ temperature, seed },
    ...(topP < 1 && { topP }),
    ...(topK > 0 && { topK }),
    ...(minP > 0 && { minP }),
    ...(typical < 1 && { typical }),
    ...(epsilonCutoff > 0 && { epsilonCutoff }),
    ...(etaCutoff > 0 && { etaCutoff }),
  };
}
