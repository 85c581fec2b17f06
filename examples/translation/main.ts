/** Trains an encoder-decoder from scratch: letters to phonemes, or any parallel corpus. */
import { badFile, runRecipe } from '@sequitur/recipe';
import type { Corpus } from './corpus.js';
import { parallelCorpus } from './parallel-corpus.js';
import { phonemeCorpus } from './phonemes.js';
import { trainTranslator } from './translation.js';

await runRecipe(
  {
    name: 'translation',
    about: 'Trains a Transformer from scratch for translation, evaluates it on held-out pairs, and saves it.',
    seconds: 1500,
    data: {
      value: '<path>',
      help: 'a tab-separated file; or two files, --data a --data b; or a folder (default letters to phonemes)',
    },
    extra: {
      from: { value: '<ending>', help: 'extension of the files in a folder: en for train.en, val.en, test.en' },
      to: { value: '<ending>', help: 'likewise: de' },
      width: { value: '<n>', help: 'width of the model, a multiple of 32 (default 128)' },
      depth: { value: '<n>', help: 'number of layers of encoder and decoder (default 2)' },
      dropout: { value: '<share>', help: 'dropout: 0 for runs of few epochs (default 0.1)' },
      vocabulary: { value: '<n>', help: 'size of the vocabulary that is trained on the data (default 4000)' },
    },
  },
  async (options) => {
    const { data, extra } = options;
    const { from, to, vocabulary = '4000' } = extra;
    const corpus =
      data.length > 0 ? await parallelCorpus({ data, from, to, vocabularySize: Number(vocabulary) }) : phonemeCorpus();
    return trainTranslator(sized(corpus, extra), options);
  },
);

/** The corpus with another model size (heads of size 32) or dropout. */
function sized(corpus: Corpus, extra: Readonly<Partial<Record<'width' | 'depth' | 'dropout', string>>>): Corpus {
  const { model } = corpus.settings;
  const [width, depth, dropout] = (['width', 'depth', 'dropout'] as const).map((name) =>
    Number(extra[name] ?? model[name]),
  );
  if (!(width! > 0 && width! % 32 === 0)) throw badFile('--width', 'a multiple of 32', `${extra.width}`);
  if (!(Number.isInteger(depth) && depth! > 0)) throw badFile('--depth', 'a number of layers', `${extra.depth}`);
  if (!(dropout! >= 0 && dropout! < 1)) throw badFile('--dropout', 'a number from 0 to 1', `${extra.dropout}`);
  const resolved = { ...model, width: width!, depth: depth!, dropout: dropout!, heads: width! / 32 };
  return { ...corpus, settings: { ...corpus.settings, model: resolved } };
}
