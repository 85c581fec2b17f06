import { attribute, linearRules } from '@sequitur/pretrained';
import { answers, encoderFamily, type HeadRules, maskedRules } from '../encoder-family.js';
import { bertAttributes, contextLength } from './attributes.js';
import { buildBert } from './build.js';
import { bertPresets } from './config.js';
import { bertRules, oldCheckpoints, weightAndBias } from './rules.js';

/** The masked language head of BERT. */
export const bertMasked = {
  dense: 'cls.predictions.transform.dense',
  norm: 'cls.predictions.transform.LayerNorm',
  decoder: 'cls.predictions.decoder',
  bias: 'cls.predictions.bias',
};

/** A head after the pooler: `classifier`, or another name. */
const pooled =
  (output?: string, path = 'head'): HeadRules =>
  (prefix) => [
    ...linearRules(`${prefix}pooler.dense`, `${path}.pooler.dense`),
    ...(output ? linearRules(output, `${path}.output`) : []),
  ];

/** BERT (Devlin et al. 2019). */
export const bertFamily = encoderFamily({
  modelType: 'bert',
  name: 'Bert',
  prefix: 'bert.',
  presets: bertPresets,
  attributes: [{ modelType: attribute.settled('bert') }, ...bertAttributes(), { contextLength: contextLength() }],
  build: buildBert,
  rules: bertRules,
  masked: bertMasked,
  heads: {
    pooled: pooled(),
    preTraining: (prefix) => [
      ...maskedRules(bertMasked, 'head.maskedLanguage'),
      ...pooled('cls.seq_relationship', 'head.nextSentence')(prefix),
    ],
    maskedLanguage: () => maskedRules(bertMasked),
    nextSentence: pooled('cls.seq_relationship'),
    sequenceClassification: pooled('classifier'),
    tokenClassification: pooled('classifier'),
    questionAnswering: answers,
    multipleChoice: pooled('classifier'),
  },
  ...oldCheckpoints,
  // What pre-training leaves in checkpoints of classes that do not read it.
  ignored: (prefix) => [...weightAndBias(`${prefix}pooler.dense`), ...weightAndBias('cls.seq_relationship')],
});
