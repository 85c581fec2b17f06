/** Trains an encoder-decoder from scratch for summarization. */
import { runRecipe } from '@sequitur/recipe';
import { trainSummarizer } from './summarization.js';

await runRecipe(
  {
    name: 'summarization',
    about: 'Trains a Transformer from scratch for summarization, evaluates it on held-out texts, and saves it.',
    seconds: 900,
    data: {
      value: '<path>',
      help: 'SciTLDR’s folder, or a file with {"source": …, "target": …} in each line (required)',
    },
  },
  (options) => trainSummarizer(options),
);
