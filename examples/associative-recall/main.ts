/** Trains a Recurrent Memory Transformer on associative recall: facts in the first segment, questions in the last. */
import { runRecipe } from '@sequitur/recipe';
import { study } from './study.js';

const command = {
  name: 'associative-recall',
  about: 'Trains a Recurrent Memory Transformer to recall facts over four segments, and the same model without memory.',
  seconds: 300,
};

await runRecipe(command, study);
