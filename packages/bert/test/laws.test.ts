import { architectureLaws, encoderLaws } from '@sequitur/laws';
import { bert, distilbertEncoder, robertaEncoder } from '../src/index.js';

const config = { vocabularySize: 17, contextLength: 14, width: 8, depth: 2, heads: 2, hiddenWidth: 12 };

architectureLaws(bert, { ...config, modelType: 'bert' });
architectureLaws(robertaEncoder, { ...config, modelType: 'roberta', segments: 1, paddingToken: 1 });
architectureLaws(distilbertEncoder, { ...config, modelType: 'distilbert', segments: 0, activation: 'relu' });

const relative = { ...config, modelType: 'bert', positions: 'relativeKeyQuery' } as const;
encoderLaws('BERT with relative keys', () => bert.create(relative), {
  cost: (length) => bert.cost(relative, length),
  unreached: ['encoder.embedding.positions.weight'],
});
