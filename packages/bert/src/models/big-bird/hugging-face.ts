import { type AttributePart, attribute, linearRules, sameRules } from '@sequitur/pretrained';
import { absolutePositions, bertAttributes, contextLength } from '../bert/attributes.js';
import { bertMasked } from '../bert/hugging-face.js';
import { bertRules, oldCheckpoints, weightAndBias } from '../bert/rules.js';
import { classifier, denseClassifier, encoderFamily, type HeadRules, maskedRules } from '../encoder-family.js';
import { buildBigBird } from './build.js';
import { type BigBirdConfig, bigBirdPresets } from './config.js';

const pooler =
  (path = 'head'): HeadRules =>
  (prefix) =>
    linearRules(`${prefix}pooler`, `${path}.pooler.dense`);

/** Most classes have a pooler, whether or not they use it. */
const unused: HeadRules = (prefix) => linearRules(`${prefix}pooler`, 'unused');

/** The tensors of several heads. */
const all =
  (...rules: readonly HeadRules[]): HeadRules =>
  (prefix) =>
    rules.flatMap((each) => each(prefix));

/** BigBird (Zaheer et al. 2020): BERT with sparse attention. */
export const bigBirdFamily = encoderFamily<BigBirdConfig>({
  modelType: 'big_bird',
  name: 'BigBird',
  prefix: 'bert.',
  presets: bigBirdPresets,
  attributes: [
    { modelType: attribute.settled('big_bird') },
    ...(bertAttributes({
      ...{ vocabularySize: 50358, activation: 'gelu_new', startToken: 1, endToken: 2 },
    }) as readonly AttributePart<BigBirdConfig>[]),
    ...(absolutePositions as readonly AttributePart<BigBirdConfig>[]),
    {
      contextLength: contextLength(4096),
      sparse: attribute.spelled('attention_type', { block_sparse: true, original_full: false }, 'block_sparse'),
      blockSize: attribute.integer('block_size', 64),
      randomBlocks: attribute.natural('num_random_blocks', 3),
      attentionBias: attribute.flag('use_bias', true),
      rescalesEmbedding: attribute.flag('rescale_embeddings', false),
      separatorToken: attribute.natural('sep_token_id', 66),
    },
  ],
  build: buildBigBird,
  rules: bertRules,
  masked: bertMasked,
  heads: {
    pooled: pooler(),
    preTraining: all(
      () => maskedRules(bertMasked, 'head.maskedLanguage'),
      () => linearRules('cls.seq_relationship', 'head.nextSentence.output'),
      pooler('head.nextSentence'),
    ),
    maskedLanguage: all(unused, () => maskedRules(bertMasked)),
    sequenceClassification: all(unused, denseClassifier),
    tokenClassification: all(unused, classifier),
    questionAnswering: () => [
      ...linearRules('qa_classifier', 'head', {
        ...{ 'intermediate.dense': 'layer.feedForward.up', 'output.dense': 'layer.feedForward.down' },
        qa_outputs: 'output',
      }),
      ...sameRules('qa_classifier.output.LayerNorm', 'head.layer.norm'),
    ],
    multipleChoice: all(pooler(), classifier),
  },
  ...oldCheckpoints,
  ignored: (prefix) => [
    ...[...weightAndBias(`${prefix}pooler.dense`), ...weightAndBias('cls.seq_relationship')],
    ...weightAndBias(`${prefix}pooler`), // left in checkpoints of the class for answers
  ],
});
