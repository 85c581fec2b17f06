import { hostSoftmax, SequiturError } from '@sequitur/core';
import type { Bert } from '../bert.js';
import type { MaskedLanguageHead } from '../heads/masked-language.js';
import { batchOf, encodeTogether, readerFor } from './reading.js';

export interface MaskFilling {
  readonly token: string;
  readonly id: number;
  readonly score: number;
  /** The text with this token in the place of the mask, and other masks left as they are. */
  readonly text: string;
}

/**
 * What may stand in the place of each mask of a text, the likeliest first: a list for every mask.
 *
 * @param text with the tokenizer's mask token, `[MASK]` or `<mask>`
 * @throws SequiturError where the text has no mask, or the model no such head
 */
export async function fillMask(
  model: Bert,
  text: string,
  { fillings = 5 }: { readonly fillings?: number } = {},
): Promise<MaskFilling[][]> {
  const tokenizer = readerFor('fillMask', model, ['maskedLanguage']);
  const { mask } = tokenizer.specialTokens;
  const maskId = mask === undefined ? undefined : tokenizer.tokenToId(mask);
  const encodings = encodeTogether(tokenizer, model, [text]);
  const places = encodings[0]!.ids.flatMap((id, index) => (id === maskId ? [index] : []));
  if (mask === undefined || places.length === 0) {
    throw new SequiturError({
      where: 'fillMask',
      expected: mask ? `a text with ${mask} in it` : 'a tokenizer that has a mask token',
      got: text.slice(0, 60),
    });
  }
  const { logits } = (model as Bert<MaskedLanguageHead>).apply(batchOf(encodings));
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  const width = model.vocabularySize;
  const parts = text.split(mask);
  return places.map((place, index) => {
    const probabilities = hostSoftmax(values.subarray(place * width, (place + 1) * width));
    const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
    return order.slice(0, fillings).map((id) => {
      const token = tokenizer.decode([id], { skipSpecialTokens: false }).trim();
      const before = parts.slice(0, index + 1).join(mask);
      return { id, token, score: probabilities[id]!, text: before + token + parts.slice(index + 1).join(mask) };
    });
  });
}
