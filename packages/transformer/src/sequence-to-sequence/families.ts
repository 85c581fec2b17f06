import { bartFamily, blenderbotFamily, marianFamily, pegasusFamily } from '../bart/families.js';
import { mt5Family, t5Family } from '../t5/hugging-face.js';
import type { SequenceToSequenceFamily } from './family.js';

/** Every family of this package: what `SequenceToSequence.fromPretrained` chooses from where it is given no list. */
export const families: readonly SequenceToSequenceFamily[] = [
  ...[t5Family, mt5Family],
  ...[bartFamily, marianFamily, blenderbotFamily, pegasusFamily],
];
