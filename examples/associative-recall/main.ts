/** What a memory is for: facts of the first segment, asked for in the last. */
import { runRecipe } from '@sequitur/recipe';
import { study } from './study.js';

const command = {
  name: 'associative-recall',
  about: 'Trains a Recurrent Memory Transformer to recall facts over four segments, and the same model without memory.',
  seconds: 300,
};

await runRecipe(command, study);
