import { SequiturError, showShape } from '@sequitur/core';
import { type Tensor, tensor, type Variable, variable, zeros } from '@tensorflow/tfjs-core';

/** What an optimizer remembers of each parameter: variables by slot and path, zeros at first. */
export class OptimizerState {
  readonly #slots = new Map<string, Variable>();

  /** Every variable under `<slot>/<path>`. */
  get entries(): ReadonlyMap<string, Variable> {
    return this.#slots;
  }

  has(slot: string, path: string): boolean {
    return this.#slots.has(`${slot}/${path}`);
  }

  /** The variable of a parameter, made of zeros where there was none. Belongs to the memory. */
  of(slot: string, path: string, shape: readonly number[]): Variable {
    const name = `${slot}/${path}`;
    const known = this.#slots.get(name);
    if (known) return known;
    const start = zeros([...shape]);
    const fresh = this.#add(name, start);
    start.dispose();
    return fresh;
  }

  /** Goes on from saved values. */
  restore(name: string, values: Float32Array, shape: readonly number[]): void {
    const known = this.#slots.get(name);
    if (known && showShape(known.shape) !== showShape(shape)) {
      throw new SequiturError({
        where: `optimizer, ${name}`,
        expected: showShape(known.shape),
        got: showShape(shape),
      });
    }
    const saved = tensor(values, [...shape], 'float32');
    if (known) known.assign(saved);
    else this.#add(name, saved);
    saved.dispose();
  }

  /** Frees everything: all begins again with zeros. */
  dispose(): void {
    for (const slot of this.#slots.values()) slot.dispose();
    this.#slots.clear();
  }

  #add(name: string, start: Tensor): Variable {
    const fresh = variable(start, false);
    this.#slots.set(name, fresh);
    return fresh;
  }
}
