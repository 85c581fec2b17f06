import { aPositive } from '@sequitur/pretrained';
import { buildMamba } from '../mamba/build.js';
import { type MambaConfig, resolveMamba } from '../mamba/config.js';
import { mambaMixerRules, readMamba, writeMamba } from '../mamba/hugging-face.js';
import { mambaLikeFamily } from '../mamba-like-family.js';

/** Published sizes. */
const falconMambaPresets = {
  '7b': {
    ...{ vocabularySize: 65024, width: 4096, depth: 64, innerWidth: 8192, stepRank: 256, tied: false },
    ...{ selectionEpsilon: 1e-6, startToken: 0, endToken: 11, paddingToken: 11 },
  },
} as const satisfies Record<string, MambaConfig>;

/** Falcon-Mamba (Zuo et al. 2024): Mamba whose step sizes, input and output matrices are normalised. */
export const falconMambaFamily = mambaLikeFamily<MambaConfig>({
  modelType: 'falcon_mamba',
  classes: ['FalconMambaModel', 'FalconMambaForCausalLM'],
  presets: falconMambaPresets,
  readConfig: (json) => ({ ...readMamba(json), selectionEpsilon: json.take('mixer_rms_eps', aPositive, 1e-6) }),
  writeConfig: ({ selectionEpsilon = 1e-6, ...config }) => ({ ...writeMamba(config), mixer_rms_eps: selectionEpsilon }),
  build: ({ selectionEpsilon = 1e-6, ...config }) => buildMamba({ ...config, selectionEpsilon }),
  isTied: (config) => resolveMamba(config).tied,
  mixerRules: mambaMixerRules,
});
