import { SequiturError, showShape } from '@sequitur/core';
import { type Tensor, tensor, type Variable, variable, zeros } from '@tensorflow/tfjs-core';

/**
 * The state of an optimizer: variables by slot and parameter path, initially zero, and the update count of each
 * parameter.
 */
export class OptimizerState {
  readonly #slots = new Map<string, Variable>();
  readonly #updates = new Map<string, number>();

  /** Every variable under `<slot>/<path>`. */
  get entries(): ReadonlyMap<string, Variable> {
    return this.#slots;
  }

  /** The update count of each parameter, by path. */
  get updates(): ReadonlyMap<string, number> {
    return this.#updates;
  }

  /**
   * Counts an update of a parameter.
   *
   * @returns its index, from 1
   */
  countUpdate(path: string): number {
    const count = (this.#updates.get(path) ?? 0) + 1;
    this.#updates.set(path, count);
    return count;
  }

  has(slot: string, path: string): boolean {
    return this.#slots.has(`${slot}/${path}`);
  }

  /** The variable of a parameter, created with zeros if needed. Owned by the state. */
  of(slot: string, path: string, shape: readonly number[]): Variable {
    const name = `${slot}/${path}`;
    const known = this.#slots.get(name);
    if (known) return known;
    const start = zeros([...shape]);
    const fresh = this.#add(name, start);
    start.dispose();
    return fresh;
  }

  /** A copy of a variable's values on the host. */
  async read(name: string): Promise<Float32Array> {
    return ((await this.#slots.get(name)!.data()) as Float32Array).slice();
  }

  /** Restores saved values, which it copies. */
  restore(name: string, values: Float32Array, shape: readonly number[]): void {
    const known = this.#slots.get(name);
    if (known && showShape(known.shape) !== showShape(shape)) {
      throw new SequiturError({
        where: `optimizer, ${name}`,
        expected: showShape(known.shape),
        got: showShape(shape),
      });
    }
    const saved = tensor(values.slice(), [...shape], 'float32');
    if (known) known.assign(saved);
    else this.#add(name, saved);
    saved.dispose();
  }

  /** Restores saved update counts. */
  restoreUpdates(updates: Readonly<Record<string, number>>): void {
    this.#updates.clear();
    for (const [path, count] of Object.entries(updates)) this.#updates.set(path, count);
  }

  /** Frees all variables; the state starts again from zeros. */
  dispose(): void {
    for (const slot of this.#slots.values()) slot.dispose();
    this.#slots.clear();
    this.#updates.clear();
  }

  #add(name: string, start: Tensor): Variable {
    const fresh = variable(start, false);
    this.#slots.set(name, fresh);
    return fresh;
  }
}
