import { SequiturError, showValue } from '@sequitur/core';
import { aCount, anything, oneOf, type ReadAttribute } from './attributes.js';
import type { ConfigReader } from './config-reader.js';

/** The kind of a classification problem: one class of several, any number of labels, or a value for each label. */
export type ClassificationProblem = 'singleLabel' | 'multiLabel' | 'regression';

/** The labels of a classifier in a config. */
export interface LabelConfig {
  /** The names of the classes, in their order. */
  readonly labels?: readonly string[];
  /** The kind of problem; default: derived from the labels in training. */
  readonly problem?: ClassificationProblem;
}

const PROBLEMS: Readonly<Record<string, ClassificationProblem>> = {
  regression: 'regression',
  single_label_classification: 'singleLabel',
  multi_label_classification: 'multiLabel',
};

/** Reads `id2label`, `num_labels` and `problem_type`. */
export function readLabels(json: ConfigReader): LabelConfig {
  const named = json.maybe('id2label', namesById);
  const count = json.maybe('num_labels', aCount);
  json.maybe('label2id', anything);
  const problem = json.maybe('problem_type', oneOf(Object.keys(PROBLEMS)));
  const labels = named ?? (count === undefined ? undefined : Array.from({ length: count }, (_, id) => `LABEL_${id}`));
  return { ...(labels && { labels }), ...(problem && { problem: PROBLEMS[problem]! }) };
}

/** Writes the attributes of `readLabels`. */
export function writeLabels({ labels, problem }: LabelConfig): Record<string, unknown> {
  const spelled = Object.entries(PROBLEMS).find(([, ours]) => ours === problem)?.[0];
  return {
    ...(labels && {
      id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
      label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    }),
    ...(spelled && { problem_type: spelled }),
  };
}

/** The names of the classes; two unnamed ones where the config has none. */
export function labelsOf({ labels }: LabelConfig): readonly string[] {
  return labels ?? ['LABEL_0', 'LABEL_1'];
}

/** `{"0": "negative", "1": "positive"}` as a list. */
const namesById: ReadAttribute<readonly string[]> = (value, where) => {
  const entries = Object.entries(value as object);
  const names = entries.map((_, id) => (value as Record<string, unknown>)[String(id)]);
  if (entries.length > 0 && names.every((name) => typeof name === 'string')) return names as string[];
  throw new SequiturError({
    where,
    expected: 'a name for each class, counted from "0"',
    got: showValue(value),
  });
};
