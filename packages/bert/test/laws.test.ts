import { architectureLaws, encoderLaws } from '@sequitur/laws';
import { bert, bigBirdEncoder, distilbertEncoder, longformerEncoder, robertaEncoder } from '../src/index.js';

const config = { vocabularySize: 17, contextLength: 14, width: 8, depth: 2, heads: 2, hiddenWidth: 12 };

architectureLaws(bert, { ...config, modelType: 'bert' });
architectureLaws(robertaEncoder, { ...config, modelType: 'roberta', tokenTypeCount: 1, paddingToken: 1 });
architectureLaws(distilbertEncoder, { ...config, modelType: 'distilbert', tokenTypeCount: 0, activation: 'relu' });

const relative = { ...config, modelType: 'bert', positions: 'relativeKeyQuery' } as const;
encoderLaws('BERT with relative keys', () => bert.create(relative), {
  cost: (length) => bert.cost(relative, length),
  unreached: ['encoder.embedding.positions.weight'],
});

const windows = [2, 4];
architectureLaws(
  longformerEncoder,
  { ...config, modelType: 'longformer', tokenTypeCount: 1, paddingToken: 1, windows },
  {
    unreached: windows.flatMap((_, layer) =>
      ['globalQuery', 'globalKey', 'globalValue'].flatMap((part) =>
        ['weight', 'bias'].map((name) => `encoder.stack.blocks.${layer}.mixer.${part}.${name}`),
      ),
    ),
  },
);
// Read densely: sparsely the last block sees all, so that padding moves what is seen. The numbers of PyTorch show that way.
architectureLaws(
  bigBirdEncoder,
  { ...config, modelType: 'big_bird', blockSize: 4, randomBlocks: 1, rescalesEmbedding: true, attentionBias: false },
  { unreached: ['unused.weight', 'unused.bias'] },
);
