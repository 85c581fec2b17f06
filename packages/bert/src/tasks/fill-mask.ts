import { checkOptions, hostSoftmax, option, optionsOf, SequiturError, shorten } from '@sequitur/core';
import type { Bert } from '../bert.js';
import type { MaskedLanguageHead } from '../heads/masked-language.js';
import { batchOf, readerFor } from './reading.js';

export interface MaskFilling {
  readonly token: string;
  readonly id: number;
  readonly score: number;
  /** The text with this token instead of the mask; other masks are kept. */
  readonly text: string;
}

export interface FillMaskOptions {
  /** Number of predictions for each mask; default 5. */
  readonly fillings?: number | undefined;
}

const fillMaskOptions = optionsOf<FillMaskOptions>({ fillings: option.optional(option.count) });

/**
 * Predicts the masks of a text: a list of tokens for every mask, most likely first.
 *
 * @param text with the tokenizer's mask token, `[MASK]` or `<mask>`
 * @throws SequiturError where the text has no mask, the model no such head, or the text is longer than the model reads
 */
export async function fillMask(model: Bert, text: string, options: FillMaskOptions = {}): Promise<MaskFilling[][]> {
  checkOptions('fillMask', fillMaskOptions, options);
  const { fillings = 5 } = options;
  const tokenizer = readerFor('fillMask', model, ['maskedLanguage']);
  const { mask } = tokenizer.specialTokens;
  const maskId = mask === undefined ? undefined : tokenizer.tokenToId(mask);
  const encoding = tokenizer.tokenize(text);
  const places = encoding.ids.flatMap((id, index) => (id === maskId ? [index] : []));
  if (mask === undefined || places.length === 0) {
    throw new SequiturError({
      where: 'fillMask',
      expected: mask ? `a text with ${mask} in it` : 'a tokenizer that has a mask token',
      got: shorten(text),
    });
  }
  if (encoding.ids.length > model.contextLength) throw tooLong(encoding.ids.length, model);
  const { logits } = (model as Bert<MaskedLanguageHead>).apply(batchOf([encoding]));
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

/** A mask beyond the maximum length cannot be filled. */
function tooLong(length: number, { contextLength }: Bert): SequiturError {
  return new SequiturError({
    where: 'fillMask, text',
    expected: `at most ${contextLength} tokens`,
    got: `${length}`,
    fix: 'Give the part of the text around its masks',
  });
}
