import { architectureOf } from '@sequitur/pretrained';
import { bartFamily, marianFamily, t5Family } from './models/index.js';
import { transformerPresets } from './models/marian/config.js';
import { costOfUse } from './sequence-to-sequence/cost.js';
import type { EncoderDecoderFamily, SequenceToSequenceConfig } from './sequence-to-sequence/family.js';
import { SequenceToSequence } from './sequence-to-sequence-model.js';

function architecture<Config extends SequenceToSequenceConfig>(
  family: EncoderDecoderFamily<Config>,
  named: Pick<EncoderDecoderFamily<Config>, 'modelType' | 'presets'> = family,
) {
  return architectureOf(
    'sequenceToSequence',
    named,
    (config: Config) => new SequenceToSequence(config, family),
    costOfUse,
  );
}

/** T5 (Raffel et al. 2020) as an architecture, for comparisons. */
export const t5 = architecture(t5Family);

/** BART (Lewis et al. 2020) as an architecture. */
export const bart = architecture(bartFamily);

/** Marian (Junczys-Dowmunt et al. 2018) as an architecture. */
export const marian = architecture(marianFamily);

/**
 * The original Transformer (Vaswani et al. 2017, table 3), trained from scratch with label smoothing 0.1 and an inverse
 * square root schedule with warm-up. It is saved as a Marian model, which has the same layout: post-norm, sinusoidal
 * positions, shared embeddings of source, target and head.
 */
export const transformer = architecture(marianFamily, { modelType: 'transformer', presets: transformerPresets });
