import { checkOptions, hostSoftmax, optionsOf } from '@sequitur/core';
import { labelsOf } from '@sequitur/pretrained';
import type { Bert } from '../bert.js';
import type { SequenceClassificationHead } from '../heads/sequence-classification.js';
import {
  type CuttingOptions,
  cuttingRules,
  encodeCut,
  inBatches,
  paddedBatch,
  readerFor,
  rowsOf,
  type TextInput,
} from './reading.js';

export interface Label {
  readonly label: string;
  /** The probability of the label; in a regression the value. */
  readonly score: number;
}

export interface Classification extends Label {
  /** All labels, most likely first. */
  readonly labels: readonly Label[];
}

const classifyOptions = optionsOf<CuttingOptions>(cuttingRules);

/**
 * Text classification. Probabilities of multi-label models do not add up to 1; a regression returns its values.
 *
 * @param texts texts, or pairs of them; longer ones are truncated, with a warning
 * @throws SequiturError where the model has another head, or no tokenizer
 */
export async function classify(
  model: Bert,
  texts: readonly TextInput[],
  options: CuttingOptions = {},
): Promise<Classification[]> {
  checkOptions('classify', classifyOptions, options);
  const tokenizer = readerFor('classify', model, ['sequenceClassification']);
  const names = labelsOf(model.config);
  const encodings = encodeCut('classify', tokenizer, model, texts, options);
  return inBatches(encodings, options, async (some) => {
    const { logits } = (model as Bert<SequenceClassificationHead>).apply(paddedBatch(model, some));
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    return rowsOf(values, some.length).map((row) => described(scoresOf(row, model), names));
  });
}

function scoresOf(logits: Float32Array, { config }: Bert): number[] {
  const problem = config.problem ?? (logits.length === 1 ? 'regression' : 'singleLabel');
  if (problem === 'regression') return Array.from(logits);
  if (problem === 'multiLabel') return Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
  return Array.from(hostSoftmax(logits));
}

function described(scores: readonly number[], names: readonly string[]): Classification {
  const labels = scores
    .map((score, index) => ({ label: names[index] ?? `LABEL_${index}`, score }))
    .sort((a, b) => b.score - a.score);
  return { ...labels[0]!, labels };
}
