import { defineArchitecture } from '@sequitur/core';
import { architectureOf } from '@sequitur/pretrained';
import { CausalStack } from '@sequitur/transformer';
import { Mamba } from './mamba.js';
import { Mamba2 } from './mamba2.js';
import { mambaFamily } from './models/mamba/hugging-face.js';
import { mamba2Family } from './models/mamba2/hugging-face.js';
import { buildS4d } from './models/s4d/build.js';
import { type S4dConfig, s4dPresets } from './models/s4d/config.js';

const costOf = (model: CausalStack, length: number) => model.cost(length);

/** Mamba (Gu and Dao 2023) as an architecture, for comparisons. */
export const mambaArchitecture = architectureOf('causal', mambaFamily, (config) => new Mamba(config), costOf);

/** Mamba-2 (Dao and Gu 2024) as an architecture. */
export const mamba2Architecture = architectureOf('causal', mamba2Family, (config) => new Mamba2(config), costOf);

/** S4D (Gu et al. 2022) as an architecture; there are no known checkpoints. */
export const s4dArchitecture = defineArchitecture(
  'causal',
  { name: 's4d', presets: s4dPresets },
  (config: S4dConfig) => new CausalStack(buildS4d(config)),
  costOf,
);
