import { architectureOf } from '@sequitur/pretrained';
import { Bert } from './bert.js';
import type { BertConfig } from './config.js';
import type { Head } from './heads/head.js';
import { noHead } from './heads/no-head.js';
import {
  bertFamily,
  bigBirdFamily,
  distilbertFamily,
  type EncoderFamily,
  longformerFamily,
  robertaFamily,
} from './models/index.js';

/** The encoder of a family as an architecture, for comparisons. */
function architecture<Config extends BertConfig>(family: EncoderFamily<Config>) {
  return architectureOf(
    'encoder',
    family,
    (config: Config) => new Bert<Head>(config, family, noHead()),
    ({ encoder }, length) => encoder.cost(length),
  );
}

export const bert = architecture(bertFamily);
export const robertaEncoder = architecture(robertaFamily);
export const distilbertEncoder = architecture(distilbertFamily);
export const longformerEncoder = architecture(longformerFamily);
export const bigBirdEncoder = architecture(bigBirdFamily);
