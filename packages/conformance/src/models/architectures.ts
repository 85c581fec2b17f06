import type { ModelFamily } from './causal-under-test.js';
import { gpt2Family } from './gpt2.js';

/** Every architecture that can be compared: the one list of this package. */
export const families: readonly ModelFamily[] = [gpt2Family];
