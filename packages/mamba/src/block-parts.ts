import { option, optionsOf, RmsNorm } from '@sequitur/core';
import { Mamba2Mixer, MambaMixer, S4dMixer } from '@sequitur/ssm';
import { definePart, MixerBlock } from '@sequitur/transformer';
import { type MambaConfig, resolveMamba } from './models/mamba/config.js';
import { type Mamba2Config, resolveMamba2 } from './models/mamba2/config.js';

/** Options of a Mamba block; defaults as in the published models. */
export type MambaPartOptions = Pick<MambaConfig, 'innerWidth' | 'stateSize' | 'kernelSize' | 'stepRank'>;
export type Mamba2PartOptions = Pick<
  Mamba2Config,
  'innerWidth' | 'stateSize' | 'headSize' | 'groups' | 'kernelSize' | 'chunkLength'
>;
export interface S4dPartOptions {
  /** N, state size per channel, complex ones counted twice; default 64. */
  readonly stateSize: number;
}

const size = option.optional(option.count);
const mambaRule = optionsOf<MambaPartOptions>({ innerWidth: size, stateSize: size, kernelSize: size, stepRank: size });
const mamba2Rule = optionsOf<Mamba2PartOptions>({
  ...{ innerWidth: size, stateSize: size, headSize: size, groups: size, kernelSize: size, chunkLength: size },
});
const s4dRule = optionsOf<S4dPartOptions>({ stateSize: size });

/** A Mamba block of a `LanguageModel`. */
export const mamba = definePart<MambaPartOptions>(
  'mamba',
  (options, { width, depth }) => {
    const resolved = resolveMamba({ vocabularySize: 1, width, depth, ...options });
    return block(width, new MambaMixer({ ...resolved, outputScale: 1 / Math.sqrt(depth) }));
  },
  mambaRule,
);

/** A Mamba-2 block of a `LanguageModel`. */
export const mamba2 = definePart<Mamba2PartOptions>(
  'mamba2',
  (options, { width, depth }) => {
    const resolved = resolveMamba2({ vocabularySize: 1, width, depth, ...options });
    return block(width, new Mamba2Mixer({ ...resolved, outputScale: 1 / Math.sqrt(depth) }));
  },
  mamba2Rule,
);

/** An S4D block of a `LanguageModel`. */
export const s4d = definePart<S4dPartOptions>(
  's4d',
  (options, { width }) => block(width, new S4dMixer({ width, ...options })),
  s4dRule,
);

function block(width: number, mixer: MambaMixer | Mamba2Mixer | S4dMixer) {
  return new MixerBlock<never>({ norm: new RmsNorm(width, 1e-5), mixer: mixer as never });
}
