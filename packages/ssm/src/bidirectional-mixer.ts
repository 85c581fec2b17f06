import {
  disposeState,
  type MixContext,
  Module,
  type SequenceMixer,
  SequiturError,
  type StateTree,
  scoped,
  within,
} from '@sequitur/core';
import { add, reverse, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';

/** No state: the sequence is read in one chunk. */
export type NoState = Readonly<Record<string, never>>;

/**
 * A bidirectional mixer: two causal mixers, one of which reads the sequence in reverse (Zhu et al. 2024, "Vision
 * Mamba", algorithm 1). Outputs are added. Every position depends on the whole sequence, so it must be read in one
 * chunk.
 */
export class BidirectionalMixer extends Module implements SequenceMixer<NoState> {
  readonly isCausal = false;
  readonly forward: SequenceMixer;
  readonly backward: SequenceMixer;

  constructor(forward: SequenceMixer, backward: SequenceMixer) {
    super();
    this.forward = forward;
    this.backward = backward;
  }

  initState(_batchSize: number): NoState {
    return {};
  }

  mix(x: Tensor3D, _state: NoState, context: MixContext): { output: Tensor3D; state: NoState } {
    if (context.resets) {
      throw new SequiturError({
        where: 'BidirectionalMixer',
        expected: 'one sequence in each row',
        got: 'resets',
        fix: 'Give each sequence a separate row',
      });
    }
    const { attentionMask, positions } = context;
    const mirrored: MixContext = {
      ...context,
      ...(attentionMask && { attentionMask: reverse(attentionMask, 1) as Tensor2D }),
      ...(positions && { positions: reverse(positions, 1) as Tensor2D }),
    };
    const output = scoped(() => {
      const onwards = read(this.forward, x, within(context, 'forward'));
      const back = read(this.backward, reverse(x, 1), within(mirrored, 'backward'));
      return add(onwards, reverse(back, 1)) as Tensor3D;
    });
    return { output, state: {} };
  }
}

function read(mixer: SequenceMixer, x: Tensor3D, context: MixContext): Tensor3D {
  const start: StateTree = mixer.initState(x.shape[0]);
  const { output, state } = mixer.mix(x, start, context);
  disposeState(state);
  return output;
}
