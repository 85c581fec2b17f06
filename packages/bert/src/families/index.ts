import { bertFamily } from './bert.js';
import { bigBirdFamily } from './big-bird.js';
import { distilbertFamily } from './distilbert.js';
import type { EncoderFamily } from './family.js';
import { longformerFamily } from './longformer.js';
import { robertaFamily } from './roberta.js';

export { bertFamily } from './bert.js';
export { bigBirdFamily } from './big-bird.js';
export { distilbertFamily } from './distilbert.js';
export type { EncoderFamily } from './family.js';
export { longformerFamily } from './longformer.js';
export { robertaFamily } from './roberta.js';

/** Every family of this package: what `Bert.fromPretrained` chooses from where it is given no list. */
export const families: readonly EncoderFamily[] = [
  ...[bertFamily, robertaFamily, distilbertFamily],
  ...[longformerFamily, bigBirdFamily],
];
