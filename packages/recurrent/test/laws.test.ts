import { architectureLaws, mixerLaws } from '@sequitur/laws';
import {
  GruMixer,
  gruArchitecture,
  LstmMixer,
  lstmArchitecture,
  MinGruMixer,
  minGruArchitecture,
} from '../src/index.js';

mixerLaws('LSTM', () => new LstmMixer({ width: 6, hiddenWidth: 5 }), { width: 6 });
mixerLaws('GRU', () => new GruMixer({ width: 6, hiddenWidth: 5 }), { width: 6 });
mixerLaws('minGRU', () => new MinGruMixer({ width: 6, hiddenWidth: 5 }), { width: 6 });

for (const architecture of [lstmArchitecture, gruArchitecture, minGruArchitecture]) {
  // Norms of short vectors have a large curvature: wide embeddings are long compared to the step of the finite
  // differences.
  architectureLaws(architecture, { vocabularySize: 11, width: 32, depth: 2, hiddenWidth: 6 });
}
