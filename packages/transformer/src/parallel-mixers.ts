import { type MixContext, Module, type SequenceMixer, type StateTree, scoped, within } from '@sequitur/core';
import { add, mul, type Tensor3D } from '@tensorflow/tfjs-core';

/** One of two mixers, with factors on its input and on its output; default 1. */
export interface ScaledMixer<S extends StateTree> {
  readonly mixer: SequenceMixer<S>;
  readonly inputScale?: number;
  readonly outputScale?: number;
}

export type ParallelState<A extends StateTree, R extends StateTree> = { readonly attention: A; readonly recurrence: R };

/**
 * Attention and a recurrence side by side, as in Falcon-H1 (Zuo et al. 2025):
 *
 *     y = attention(x) + recurrence(x)
 *
 * Observable: the values of the mixers below `attention` and `recurrence`.
 */
export class ParallelMixers<A extends StateTree, R extends StateTree>
  extends Module
  implements SequenceMixer<ParallelState<A, R>>
{
  readonly attention: SequenceMixer<A>;
  readonly recurrence: SequenceMixer<R>;
  readonly #scales: Readonly<Record<'attention' | 'recurrence', { readonly input: number; readonly output: number }>>;

  constructor({
    attention,
    recurrence,
  }: {
    readonly attention: ScaledMixer<A>;
    readonly recurrence: ScaledMixer<R>;
  }) {
    super();
    this.attention = attention.mixer;
    this.recurrence = recurrence.mixer;
    this.#scales = { attention: scalesOf(attention), recurrence: scalesOf(recurrence) };
  }

  get isCausal(): boolean {
    return this.attention.isCausal !== false && this.recurrence.isCausal !== false;
  }

  initState(batchSize: number): ParallelState<A, R> {
    return { attention: this.attention.initState(batchSize), recurrence: this.recurrence.initState(batchSize) };
  }

  mix(x: Tensor3D, state: ParallelState<A, R>, context: MixContext) {
    return scoped(() => {
      const attended = this.#part('attention', this.attention, x, state.attention, context);
      const recurred = this.#part('recurrence', this.recurrence, x, state.recurrence, context);
      const output = add(attended.output, recurred.output) as Tensor3D;
      return { output, state: { attention: attended.state, recurrence: recurred.state } };
    });
  }

  #part<S extends StateTree>(
    name: 'attention' | 'recurrence',
    mixer: SequenceMixer<S>,
    x: Tensor3D,
    state: S,
    context: MixContext,
  ) {
    const { input, output: factor } = this.#scales[name];
    const { output, state: next } = mixer.mix(scaled(x, input), state, within(context, name));
    return { output: scaled(output, factor), state: next };
  }
}

function scalesOf({ inputScale = 1, outputScale = 1 }: Pick<ScaledMixer<StateTree>, 'inputScale' | 'outputScale'>) {
  return { input: inputScale, output: outputScale };
}

function scaled(x: Tensor3D, factor: number): Tensor3D {
  return factor === 1 ? x : (mul(x, factor) as Tensor3D);
}
