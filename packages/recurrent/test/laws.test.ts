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
  // Small embeddings are bent sharply by the norms: the differences of a GRU are 0.8 % off at the step of the law.
  architectureLaws(
    architecture,
    { vocabularySize: 11, width: 8, depth: 2, hiddenWidth: 6 },
    { gradientTolerance: 1e-2 },
  );
}
