import { architectureLaws } from '@sequitur/laws';
import { gpt2 } from '../src/index.js';

const config = { vocabularySize: 11, contextLength: 12, width: 12, depth: 2, heads: 3 };

architectureLaws(gpt2, config);
