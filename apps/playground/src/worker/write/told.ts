import type { Choice, SamplingSettings, WrittenToken } from '../../protocol/write.js';
import type { OpenedModel } from '../models/open-folder.js';
import { disposeState, hostSoftmax, tokenTensor } from '../packages.js';
import { choiceOf, spellingAfter } from './alternatives.js';

export function tokenOf(id: number, choice: Choice, spell: (id: number) => string, probability = 0): WrittenToken {
  const known = choice.alternatives.find((alternative) => alternative.id === id);
  return { id, text: known?.text ?? spell(id), probability: known?.probability ?? probability, ...choice };
}

/** Tokens that are given, each with what else could have been: the whole text is read at once. */
export async function tellAll(
  { model, tokenizer }: OpenedModel,
  prompt: readonly number[],
  written: readonly number[],
  settings: SamplingSettings,
): Promise<WrittenToken[]> {
  const ids = [...prompt, ...written];
  const tokens = tokenTensor([ids.slice(0, -1)], model.vocabularySize);
  const before = model.initState(1);
  const { logits, state } = model.step(tokens, before);
  const scores = (await logits.data()) as Float32Array;
  for (const tensor of [tokens, logits]) tensor.dispose();
  for (const kept of [state, before]) disposeState(kept);
  const size = model.vocabularySize;
  return written.map((id, at) => {
    const end = prompt.length + at;
    const own = scores.slice((end - 1) * size, end * size);
    const spell = spellingAfter(tokenizer, ids.slice(0, end));
    const choice = choiceOf(own, { tokens: ids.slice(0, end), promptLength: prompt.length }, settings, spell);
    return tokenOf(id, choice, spell, hostSoftmax(own)[id]);
  });
}
