import { architectureLaws, sequenceToSequenceLaws } from '@sequitur/laws';
import { bart, marian, pegasusFamily, SequenceToSequence, type SequenceToSequenceConfig, t5 } from '../src/index.js';

const tokens = { vocabularySize: 17, decoderStartToken: 1, paddingToken: 16, endToken: 2 };
const sizes = {
  ...{ width: 8, contextLength: 14 },
  ...{ encoderDepth: 1, encoderHeads: 2, encoderHiddenWidth: 12 },
  ...{ decoderDepth: 2, decoderHeads: 2, decoderHiddenWidth: 10 },
};

const t5Sizes = {
  width: 8,
  headSize: 3,
  heads: 2,
  hiddenWidth: 12,
  encoderDepth: 2,
  decoderDepth: 1,
  buckets: 8,
  maxDistance: 5,
};
architectureLaws(t5, {
  ...tokens,
  ...t5Sizes,
  modelType: 't5',
  gated: true,
  initialFactor: 0.3,
  activation: 'gelu_new',
  tied: false,
});
architectureLaws(bart, { ...tokens, ...sizes, modelType: 'bart' });
architectureLaws(marian, {
  ...{ ...tokens, ...sizes, modelType: 'marian', activation: 'swish' },
  ...{ scaleEmbedding: true, sharedEmbedding: false, targetVocabularySize: 15 },
});

const pegasus = { ...tokens, ...sizes, modelType: 'pegasus', tied: false };
sequenceToSequenceLaws('pegasus', () => new SequenceToSequence<SequenceToSequenceConfig>(pegasus, pegasusFamily));
