import type { Alternative, SamplingSettings, WrittenToken } from '../../protocol/write.js';
import { hostSoftmax, type LogitsProcessor, logitsProcessors, type Tokenizer } from '../packages.js';

/** How many alternatives the page is told of. */
const TOLD = 30;

export type Choice = Omit<WrittenToken, 'id' | 'text' | 'probability'>;

/** The options of generation that the settings mean. */
export function optionsOf({ temperature, topP, topK, minP, repetitionPenalty, seed }: SamplingSettings) {
  return {
    ...{ temperature, seed },
    ...(topP < 1 && { topP }),
    ...(topK > 0 && { topK }),
    ...(minP > 0 && { minP }),
    ...(repetitionPenalty !== 1 && { repetitionPenalty }),
  };
}

/** The rules of sampling in the order in which generation applies them. */
function samplingRules({ temperature, topP, topK, minP }: SamplingSettings): LogitsProcessor[] {
  return [
    ...(temperature > 0 ? [logitsProcessors.temperature(temperature)] : []),
    ...(topK > 0 ? [logitsProcessors.topK(topK)] : []),
    ...(topP < 1 ? [logitsProcessors.topP(topP)] : []),
    ...(minP > 0 ? [logitsProcessors.minP(minP)] : []),
  ];
}

type Sequence = Parameters<LogitsProcessor>[1];

/**
 * What could come next, from the scores that the model gave.
 *
 * @param shown before the rules of sampling, after penalties; they stay as they are
 */
export function choiceOf(
  scores: Float32Array,
  sequence: Sequence,
  settings: SamplingSettings,
  spell: (id: number) => string,
): Choice {
  const probabilities = hostSoftmax(scores);
  const drawn = drawnOf(scores, sequence, settings);
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!).slice(0, TOLD);
  const alternatives = order.map((id): Alternative => {
    return { id, text: spell(id), probability: probabilities[id]!, drawn: drawn[id]! };
  });
  return { alternatives, kept: drawn.filter((share) => share > 0).length, vocabularySize: scores.length };
}

function drawnOf(scores: Float32Array, sequence: Sequence, settings: SamplingSettings): Float64Array {
  const shaped = scores.slice();
  for (const rule of samplingRules(settings)) rule(shaped, sequence);
  const shares = hostSoftmax(shaped);
  if (settings.temperature > 0) return shares;
  const best = shares.indexOf(Math.max(...shares));
  return shares.map((_, id) => (id === best ? 1 : 0));
}

/** How a token is written after those before it: with the space that belongs to it. */
export function spellingAfter(tokenizer: Tokenizer, before: readonly number[]): (id: number) => string {
  const context = before.slice(-8);
  const start = tokenizer.decode(context).length;
  return (id) => tokenizer.decode([...context, id]).slice(start);
}
