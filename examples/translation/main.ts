/** Trains an encoder-decoder from scratch: letters to phonemes, or any parallel corpus. */
import { runRecipe } from '@sequitur/recipe';
import { parallelCorpus } from './parallel-corpus.js';
import { phonemeCorpus } from './phonemes.js';
import { trainTranslator } from './translation.js';

await runRecipe(
  {
    name: 'translation',
    about: 'Trains a Transformer from scratch to translate, measures it on what was held out, and saves it.',
    seconds: 1500,
    data: {
      value: '<path>',
      help: 'a tab-separated file; or two files, --data a --data b; or a folder; default letters to phonemes',
    },
    extra: {
      from: { value: '<ending>', help: 'of the files in a folder: en for train.en, val.en, test.en' },
      to: { value: '<ending>', help: 'likewise: de' },
      vocabulary: { value: '<n>', help: 'tokens of the vocabulary that is trained on the data (default 4000)' },
    },
  },
  async (options) => {
    const { data, extra } = options;
    const { from, to, vocabulary = '4000' } = extra;
    const corpus =
      data.length > 0 ? await parallelCorpus({ data, from, to, vocabularySize: Number(vocabulary) }) : phonemeCorpus();
    return trainTranslator(corpus, options);
  },
);
