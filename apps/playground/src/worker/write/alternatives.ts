import type { Alternative, Choice, SamplingSettings } from '../../protocol/write.js';
import { hostSoftmax, type LogitsProcessor, type Tokenizer } from '../packages.js';
import { penaltiesOf, samplingOf } from './rules.js';

/** Number of alternatives for the page. */
const TOLD = 30;

type Sequence = Parameters<LogitsProcessor>[1];

/**
 * What could come next, from the model's scores, which are not changed.
 *
 * @param sequence its prompt ends where the writing began
 */
export function choiceOf(
  scores: Float32Array,
  sequence: Sequence,
  settings: SamplingSettings,
  spell: (id: number) => string,
): Choice {
  const probabilities = hostSoftmax(scores);
  const { drawn, cutBy } = drawnOf(scores, sequence, settings);
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!).slice(0, TOLD);
  const alternatives = order.map((id): Alternative => {
    return { id, text: spell(id), probability: probabilities[id]!, drawn: drawn[id]! };
  });
  const kept = drawn.filter((share) => share > 0).length;
  return { alternatives, kept, vocabularySize: scores.length, cutBy };
}

function drawnOf(scores: Float32Array, sequence: Sequence, settings: SamplingSettings) {
  const shaped = scores.slice();
  let cutBy: string | null = null;
  let possible = scores.length;
  for (const { name, apply } of [...penaltiesOf(settings, sequence.promptLength), ...samplingOf(settings)]) {
    apply(shaped, sequence);
    const left = shaped.filter((score) => score > Number.NEGATIVE_INFINITY).length;
    if (left < possible) cutBy = name;
    possible = left;
  }
  const shares = hostSoftmax(shaped);
  if (settings.temperature > 0) return { drawn: shares, cutBy };
  const best = shares.indexOf(Math.max(...shares));
  return { drawn: shares.map((_, id) => (id === best ? 1 : 0)), cutBy: 'temperature 0' };
}

/** How a token is written after those before it: with the space that belongs to it. */
export function spellingAfter(tokenizer: Tokenizer, before: readonly number[]): (id: number) => string {
  const context = before.slice(-8);
  const start = tokenizer.decode(context).length;
  return (id) => tokenizer.decode([...context, id]).slice(start);
}
