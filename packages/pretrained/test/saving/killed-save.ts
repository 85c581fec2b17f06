/** Saves one version after the other into the folder that it is given, until it is killed. */
import { openBackend } from '@sequitur/core';
import { save } from './two-saves.js';

await openBackend('cpu');
for (;;) {
  for (const version of ['single', 'sharded'] as const) {
    await save(process.argv[2]!, version);
    console.log(version);
  }
}
