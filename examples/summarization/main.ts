/** Trains an encoder-decoder from scratch to sum up texts. */
import { runRecipe } from '@sequitur/recipe';
import { trainSummarizer } from './summarization.js';

await runRecipe(
  {
    name: 'summarization',
    about: 'Trains a Transformer from scratch to sum up texts, measures it on what was held out, and saves it.',
    seconds: 900,
    data: {
      value: '<path>',
      help: 'SciTLDR’s folder, or a file with {"source": …, "target": …} in each line (needed)',
    },
  },
  (options) => trainSummarizer(options),
);
