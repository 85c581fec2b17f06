import { type CostedPart, type SequenceMixer, scoped } from '@sequitur/core';
import { dispose, type Tensor3D } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { drawNormal } from '../draw.js';
import { expectGradientOfDifferences } from '../gradient-check.js';
import { onEachBackend } from '../on-each-backend.js';
import { weighedReading } from './differentiable.js';
import { gradientLaws } from './gradient-laws.js';
import { filled, type RecurrentLawOptions } from './law-options.js';
import { moduleLaws } from './module-laws.js';
import { bidirectionalPaddingLaw } from './padding-laws.js';
import type { Recurrence } from './recurrence.js';
import { recurrenceLaws } from './recurrence-laws.js';

export interface MixerLawOptions extends RecurrentLawOptions {
  /** Size of the vectors that it mixes. */
  readonly width: number;
  /** Whether positions also attend to later ones, so that a sequence must be read at once; default false. */
  readonly bidirectional?: boolean;
}

/**
 * Every law of sequence mixers, on every backend: call it with a small mixer without dropout.
 *
 * @param create creates the same uninitialized mixer every time
 */
export function mixerLaws(name: string, create: () => SequenceMixer, options: MixerLawOptions): void {
  const { width, bidirectional = false, length = 9, tolerance = 3e-5 } = options;
  const agreed = {};
  onEachBackend(name, () => {
    moduleLaws(create, { parameters: options.cost?.(1).parameters });
    const open = async () => mixing(await filled(create(), options), width);
    if (!bidirectional) recurrenceLaws(open, { ...options, stateBytes: declaredBytes(create()) }, agreed);
    else {
      gradientLaws(async () => weighedReading(await open(), length, [length]), { ...options, tolerance, agreed });
      bidirectionalPaddingLaw(open, length, tolerance);
    }

    it('has the input gradient of central differences', async () => {
      const { read, draw, initState, dispose: disposeMixer } = await open();
      const x = draw(2, length, 'sequence');
      const f = (input: typeof x) => scoped(() => read(input, initState(2), {}).output);
      await expectGradientOfDifferences(f, [x], { samples: 12 });
      dispose(x);
      disposeMixer();
    });
  });
}

/** The state size that the mixer declares, if any. */
function declaredBytes(mixer: SequenceMixer & Partial<CostedPart>): RecurrentLawOptions['stateBytes'] {
  return mixer.cost && ((length) => mixer.cost!(length).stateBytes);
}

function mixing(mixer: SequenceMixer, width: number): Recurrence {
  return {
    module: mixer,
    initState: (batchSize) => mixer.initState(batchSize),
    read: (x, state, context) => mixer.mix(x as Tensor3D, state, context),
    draw: (batch, length, seed) => drawNormal([batch, length, width], seed),
    dispose: () => mixer.dispose(),
  };
}
