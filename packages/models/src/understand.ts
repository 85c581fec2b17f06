import { type Bert, type Entity, recognizeEntities, type TokenClassificationHead } from '@sequitur/bert';
import { hostSoftmax } from '@sequitur/core';
import { intentOf } from './intent-labels.js';

/** Intent and slots of a sentence. */
export interface Understood {
  readonly intent: string;
  /** The probability of the intent among all intents, 0 to 1. */
  readonly score: number;
  /** Slots: spans of the sentence and their labels. */
  readonly slots: readonly Entity[];
}

/**
 * Intent and slots of each sentence, by a model with the intent label on the first token and slot labels on the words.
 * All sentences are one batch.
 */
export async function understand(model: Bert, texts: readonly string[]): Promise<Understood[]> {
  const slots = await recognizeEntities(model, texts, { batchSize: texts.length });
  const intents = await intentsOf(model as Bert<TokenClassificationHead>, texts);
  return intents.map((intent, index) => ({ ...intent, slots: slots[index]! }));
}

async function intentsOf(model: Bert<TokenClassificationHead>, texts: readonly string[]) {
  const encodings = model.tokenizer!.tokenizeBatch(texts, { truncation: { maxLength: model.contextLength } });
  const { logits } = model.apply({
    tokens: encodings.map(({ ids }) => ids),
    attentionMask: encodings.map(({ attentionMask }) => attentionMask),
  });
  const [, length, labels] = logits.shape;
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return encodings.map((_, row) =>
    likeliestIntent(model, values.subarray(row * length * labels, (row * length + 1) * labels)),
  );
}

/** The most likely intent label, from the logits of the first token. */
function likeliestIntent({ config }: Bert, logits: Float32Array): Omit<Understood, 'slots'> {
  const places = config.labels!.flatMap((label, place) => (intentOf(label) === undefined ? [] : [place]));
  const probabilities = hostSoftmax(Float32Array.from(places, (place) => logits[place]!));
  const best = probabilities.indexOf(Math.max(...probabilities));
  return { intent: intentOf(config.labels![places[best]!]!)!, score: probabilities[best]! };
}
