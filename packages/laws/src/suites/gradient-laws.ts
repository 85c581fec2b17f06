import { byReference, type Parameter, parametersOf, Random } from '@sequitur/core';
import { memory, type Scalar, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { expectCloseValues } from '../expect-close.js';
import { type Differentiable, type Gradients, gradientsOf } from './differentiable.js';

export interface GradientLawOptions {
  /** Largest difference between backends, relative to the largest element of the gradient. */
  readonly tolerance: number;
  /** Largest difference from central differences, relative to the norm of the gradient; default 5e-3. */
  readonly gradientTolerance?: number | undefined;
  /** Paths of parameters that `f` does not use. */
  readonly unreached?: readonly string[] | undefined;
  /** Gradients of the references on the first backend, shared by the suites of all backends. */
  readonly agreed: { first?: Gradients };
}

/**
 * The laws of gradients. For every parameter, the directional derivative from the gradient is compared with central
 * differences. The direction is half the gradient, which reveals a wrong scale, and half random, which reveals missing
 * terms.
 */
export function gradientLaws(open: () => Promise<Differentiable>, options: GradientLawOptions): void {
  const { gradientTolerance = 5e-3, unreached = [], tolerance, agreed } = options;

  it('has the gradient of central differences for every parameter, and leaks no tensors', async () => {
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

  it('computes the same value and gradients as the references and the other backends', async () => {
    const subject = await open();
    const found = await gradientsOf(subject);
    agreed.first ??= await gradientsOf(subject, byReference);
    subject.dispose();
    expectSameGradients(found, agreed.first, tolerance);
  });
}

/** Gradients below this fraction of the largest are taken as rounding errors. */
const ROUNDING = 1e-2;

/**
 * Compares each gradient relative to its largest element, or to `ROUNDING` times the largest of all if that is more.
 */
export function expectSameGradients(found: Gradients, wanted: Gradients, tolerance: number): void {
  expect([...found.keys()]).toEqual([...wanted.keys()]);
  const { '': value, ...gradients } = Object.fromEntries(wanted);
  expectCloseValues(found.get('')!, value!, tolerance, 'value', 1); // `f` is a sum of values near 1
  const least = ROUNDING * Object.values(gradients).reduce((most, each) => Math.max(most, largestOf(each)), 0);
  for (const [path, values] of Object.entries(gradients)) {
    expectCloseValues(found.get(path)!, values, tolerance, path, least);
  }
}

function largestOf(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Rounding error of central differences over `STEP` for a float32 value near 1. */
const STEP = 0.02;
const DIFFERENCE_NOISE = 2 ** -21 / STEP;

/** (f(p + h d) - f(p - h d)) / 2h. Restores the parameter. */
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
