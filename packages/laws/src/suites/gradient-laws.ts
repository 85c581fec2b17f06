import { byReference, type Parameter, parametersOf, Random } from '@sequitur/core';
import { memory, type Scalar, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { expectCloseValues } from '../expect-close.js';
import { type Differentiable, type Gradients, gradientsOf } from './differentiable.js';

export interface GradientLawOptions {
  /** Largest difference between backends, relative to the largest number of the gradient. */
  readonly tolerance: number;
  /** Largest difference from differences, relative to the length of the gradient; default 5e-3. */
  readonly gradientTolerance?: number | undefined;
  /** Paths of parameters that `f` does not depend on. */
  readonly unreached?: readonly string[] | undefined;
  /** What the references gave on the first backend: it must outlive the suites of the backends. */
  readonly agreed: { first?: Gradients };
}

/**
 * The laws of gradients. For every parameter the derivative along one direction is taken from the gradient and from
 * central differences; the direction is half that of the gradient, in which a wrong size shows, and half random, in
 * which whatever it misses shows.
 */
export function gradientLaws(open: () => Promise<Differentiable>, options: GradientLawOptions): void {
  const { gradientTolerance = 5e-3, unreached = [], tolerance, agreed } = options;

  it('has the gradient that differences show, for every parameter, and leaves nothing behind', async () => {
    const subject = await open();
    const before = memory().numTensors;
    const gradients = await gradientsOf(subject);
    for (const [path, parameter] of parametersOf(subject.module)) {
      if (!parameter.trainable) {
        expect(gradients.has(path), `a gradient of ${path}, which is not trained`).toBe(false);
        continue;
      }
      expect(gradients.has(path), `a gradient of ${path}`).toBe(!unreached.includes(path));
      const gradient = gradients.get(path) ?? new Float32Array(parameter.value.size);
      const length = norm(gradient);
      const direction = directionFor(gradient, path);
      const expected = dot(gradient, direction);
      const found = await differenceAlong(parameter, direction, subject.f);
      const error = Math.abs(found - expected);
      const most = gradientTolerance * length + DIFFERENCE_NOISE;
      expect(error, `${path}: gradient ${expected}, differences ${found}`).toBeLessThan(most);
    }
    expect(memory().numTensors).toBe(before);
    subject.dispose();
  });

  it('computes the value and the gradients that the references and the other backends compute', async () => {
    const subject = await open();
    const found = await gradientsOf(subject);
    agreed.first ??= await gradientsOf(subject, byReference);
    subject.dispose();
    expectSameGradients(found, agreed.first, tolerance);
  });
}

/** Of what a gradient of nothing but rounding may be, beside the largest of all. */
const ROUNDING = 1e-2;

/** Each gradient is measured against its own largest number, unless that is a hundredth of the largest of all or less. */
export function expectSameGradients(found: Gradients, wanted: Gradients, tolerance: number): void {
  expect([...found.keys()]).toEqual([...wanted.keys()]);
  const { '': value, ...gradients } = Object.fromEntries(wanted);
  expectCloseValues(found.get('')!, value!, tolerance, 'value', 1); // a sum of numbers of a size near 1
  const least = ROUNDING * Object.values(gradients).reduce((most, each) => Math.max(most, largestOf(each)), 0);
  for (const [path, values] of Object.entries(gradients)) {
    expectCloseValues(found.get(path)!, values, tolerance, path, least);
  }
}

function largestOf(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** What float32 leaves of a value near 1 in central differences over `STEP`. */
const STEP = 0.02;
const DIFFERENCE_NOISE = 2 ** -21 / STEP;

/** (f(p + h d) - f(p - h d)) / 2h, with the parameter as it was afterwards. */
async function differenceAlong(parameter: Parameter, direction: Float32Array, f: () => Scalar): Promise<number> {
  const values = (await parameter.read()).slice();
  const at = async (distance: number) => {
    parameter.assign(values.map((value, i) => value + distance * direction[i]!));
    const result = tidy(f);
    const [number] = await result.data();
    result.dispose();
    return number!;
  };
  const difference = ((await at(STEP)) - (await at(-STEP))) / (2 * STEP);
  parameter.assign(values);
  return difference;
}

function directionFor(gradient: Float32Array, path: string): Float32Array {
  const random = Random.fromSeed(`direction ${path}`);
  const drawn = gradient.map(() => random.normal());
  const [long, wide] = [norm(gradient) || 1, norm(drawn)];
  const mixed = gradient.map((value, i) => value / long + drawn[i]! / wide);
  const length = norm(mixed);
  return mixed.map((value) => value / length);
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function norm(a: Float32Array): number {
  return Math.sqrt(dot(a, a));
}
