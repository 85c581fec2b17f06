import { option, optionsOf, RmsNorm, type SequenceMixer } from '@sequitur/core';
import { definePart, MixerBlock } from '@sequitur/transformer';
import { GruMixer } from './gru.js';
import { LstmMixer, type RecurrentMixerOptions } from './lstm.js';
import { MinGruMixer } from './min-gru.js';

/** Options of a recurrent block; `hiddenWidth` is the width of the model by default. */
export type RecurrentPartOptions = Pick<RecurrentMixerOptions, 'hiddenWidth'>;

const partRule = optionsOf<RecurrentPartOptions>({ hiddenWidth: option.optional(option.count) });

function part(kind: string, mixer: (options: RecurrentMixerOptions) => SequenceMixer) {
  return definePart<RecurrentPartOptions>(
    kind,
    (options, { width }) => new MixerBlock({ norm: new RmsNorm(width, 1e-5), mixer: mixer({ width, ...options }) }),
    partRule,
  );
}

/** An LSTM block of a `LanguageModel`. */
export const lstm = part('lstm', (options) => new LstmMixer(options));

/** A GRU block of a `LanguageModel`. */
export const gru = part('gru', (options) => new GruMixer(options));

/** A minGRU block of a `LanguageModel`. */
export const minGru = part('min-gru', (options) => new MinGruMixer(options));
