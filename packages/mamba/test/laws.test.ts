import { architectureLaws } from '@sequitur/laws';
import { mamba2Architecture, mambaArchitecture, s4dArchitecture } from '../src/index.js';

architectureLaws(mambaArchitecture, { vocabularySize: 11, width: 8, depth: 2, stateSize: 3 });
// Norms bend short vectors sharply: wide embeddings are long beside the step of the differences, which then are right.
architectureLaws(mamba2Architecture, {
  ...{ vocabularySize: 11, width: 32, depth: 2 },
  ...{ innerWidth: 8, stateSize: 3, headSize: 4, chunk: 4 },
});
architectureLaws(s4dArchitecture, { vocabularySize: 11, width: 24, depth: 2, stateSize: 4 });
