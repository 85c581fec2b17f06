import { distance, drawNormal, expectGradientOfDifferences, largest, onEachBackend } from '@sequitur/laws';
import {
  abs,
  concat,
  dispose,
  exp,
  grads,
  mul,
  neg,
  ones,
  reshape,
  slice,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type SelectiveScan, selectiveScan } from '../src/index.js';
import { selectiveScanGradientReference, selectiveScanReference } from '../src/ops/selective-scan/reference.js';
import type { ScanTensors } from '../src/ops/selective-scan/tensors.js';

const sizes = { batch: 2, length: 11, inner: 6, state: 3, groups: 1 };

/** Tensors of a scan, in the order of `SCAN_INPUTS`. */
function tensorsOf({ batch, length, inner, state, groups } = sizes): ScanTensors {
  return {
    x: drawNormal([batch, length, inner], 'x'),
    stepSize: drawNormal([batch, length, inner], 'step'),
    stateMatrix: neg(exp(drawNormal([inner, state], 'A', 0.5))),
    inputMatrix: drawNormal([batch, length, groups, state], 'B'),
    outputMatrix: drawNormal([batch, length, groups, state], 'C'),
    skip: drawNormal([inner], 'D'),
    stepBias: drawNormal([inner], 'bias'),
    initialState: drawNormal([batch, inner, state], 'h'),
  };
}

const NAMES = ['x', 'stepSize', 'stateMatrix', 'inputMatrix', 'outputMatrix', 'skip', 'stepBias', 'initialState'];

const scanOf = (tensors: ScanTensors) => tensors as unknown as SelectiveScan;
const named = (values: readonly Tensor[], resets?: Tensor) =>
  ({
    ...Object.fromEntries(NAMES.map((name, index) => [name, values[index]!])),
    ...(resets && { resets }),
  }) as unknown as SelectiveScan;
/** Both outputs in one tensor, so that a check covers both. */
const joined = ({ y, state }: { y: Tensor3D; state: Tensor3D }) => concat([reshape(y, [-1]), reshape(state, [-1])]);

const shapes = {
  plain: sizes,
  grouped: { batch: 1, length: 9, inner: 8, state: 4, groups: 2 },
  'channels that are no multiple of 4': { batch: 2, length: 5, inner: 7, state: 5, groups: 1 },
  'a separate row for each channel': { batch: 1, length: 6, inner: 5, state: 2, groups: 5 },
  'enough channels for a sequential scan on a GPU': {
    ...{ batch: 2, length: 5, inner: 2 ** 14, state: 1, groups: 1 },
  },
  'one step': { batch: 3, length: 1, inner: 5, state: 16, groups: 1 },
};

onEachBackend('selective scan', () => {
  for (const [name, shape] of Object.entries(shapes)) {
    for (const softplus of [true, false]) {
      it(`${name}, softplus ${softplus}: equals the reference`, async () => {
        // Without softplus a step size may be negative, so that the state grows exponentially.
        const drawn = tensorsOf(shape);
        const tensors = softplus ? drawn : { ...drawn, stepSize: abs(drawn.stepSize), stepBias: abs(drawn.stepBias) };
        const attributes = { softplus, chunk: 4, saveStates: false };
        const found = selectiveScan(scanOf(tensors), { softplus, chunkLength: 4 });
        const [y, state] = selectiveScanReference(tensors, attributes);
        expect(await distance(found.y, y)).toBeLessThan(1e-5);
        expect(await distance(found.state, state)).toBeLessThan(1e-5);
        dispose([y, state, found.y, found.state, ...Object.values(tensors)]);
      });
    }
    it(`${name}: the gradient equals the reference's`, async () => {
      const tensors = tensorsOf(shape);
      const { batch, length, inner, state } = shape;
      const [dy, dFinal] = [drawNormal([batch, length, inner], 'dy'), drawNormal([batch, inner, state], 'dh')];
      const loss = (...values: Tensor[]) => {
        const found = selectiveScan(named(values), { chunkLength: 3 });
        return sum(concat([reshape(mul(found.y, dy), [-1]), reshape(mul(found.state, dFinal), [-1])]));
      };
      const found = grads(loss)(NAMES.map((key) => tensors[key as keyof ScanTensors]!));
      const attributes = { softplus: true, chunk: 3, saveStates: true };
      const wanted = selectiveScanGradientReference(tensors, dy, dFinal, attributes);
      for (const [index, gradient] of wanted.entries()) {
        const scale = Math.max(1, await largest(gradient));
        expect((await distance(found[index]!, gradient)) / scale, NAMES[index]!).toBeLessThan(1e-5);
      }
      dispose([...found, ...wanted, dy, dFinal, ...Object.values(tensors)]);
    });
  }

  it('has the gradient of finite differences, resets included', async () => {
    const inputs = NAMES.map((key) => tensorsOf({ ...sizes, batch: 1, length: 5 })[key as keyof ScanTensors]!);
    const resets = tensor([0, 0, 1, 0, 0], [1, 5]);
    await expectGradientOfDifferences((...values) => joined(selectiveScan(named(values), { chunkLength: 2 })), inputs, {
      samples: 6,
    });
    await expectGradientOfDifferences(
      (...values) => joined(selectiveScan(named(values, resets), { chunkLength: 2 })),
      inputs,
      { samples: 6 },
    );
    dispose([...inputs, resets]);
  });

  it('gives the same gradients with chunks of 1, 3, 64 and the whole', async () => {
    const inputs = NAMES.map((key) => tensorsOf({ ...sizes, length: 70 })[key as keyof ScanTensors]!);
    const gradientsOf = (chunkLength: number) =>
      grads((...values: Tensor[]) => sum(mul(joined(selectiveScan(named(values), { chunkLength })), 0.1)))(inputs);
    const whole = gradientsOf(70);
    for (const chunk of [1, 3, 64]) {
      const found = gradientsOf(chunk);
      for (const [index, gradient] of whole.entries()) {
        const scale = Math.max(1, await largest(gradient));
        expect((await distance(found[index]!, gradient)) / scale, `${NAMES[index]}, ${chunk}`).toBeLessThan(1e-5);
      }
      dispose(found);
    }
    dispose([...whole, ...inputs]);
  });

  it('passes the state on: two calls equal one', async () => {
    const tensors = tensorsOf();
    const whole = selectiveScan(scanOf(tensors));
    const part = (x: Tensor, from: number, to: number) => slice(x, [0, from], [x.shape[0]!, to - from]);
    const piece = (from: number, to: number, initialState: Tensor) =>
      selectiveScan({
        ...scanOf(tensors),
        x: part(tensors.x, from, to) as Tensor3D,
        stepSize: part(tensors.stepSize, from, to) as Tensor3D,
        inputMatrix: part(tensors.inputMatrix, from, to),
        outputMatrix: part(tensors.outputMatrix, from, to),
        initialState: initialState as Tensor3D,
      });
    const first = piece(0, 4, tensors.initialState);
    const second = piece(4, 11, first.state);
    expect(await distance(concat([first.y, second.y], 1), whole.y)).toBeLessThan(1e-5);
    expect(await distance(second.state, whole.state)).toBeLessThan(1e-5);
  });

  it('starts from an empty state at a reset', async () => {
    const tensors = tensorsOf({ ...sizes, batch: 1, length: 8 });
    const resets = tensor([0, 0, 0, 0, 0, 1, 0, 0], [1, 8]) as Tensor2D;
    const packed = selectiveScan({ ...scanOf(tensors), resets });
    const part = (x: Tensor) => slice(x, [0, 5], [1, 3]);
    const alone = selectiveScan({
      ...scanOf(tensors),
      x: part(tensors.x) as Tensor3D,
      stepSize: part(tensors.stepSize) as Tensor3D,
      inputMatrix: part(tensors.inputMatrix),
      outputMatrix: part(tensors.outputMatrix),
      initialState: mul(tensors.initialState, 0) as Tensor3D,
    });
    expect(await distance(part(packed.y), alone.y)).toBeLessThan(1e-5);
    expect(await distance(packed.state, alone.state)).toBeLessThan(1e-5);
  });

  it('takes fixed input and output matrices, one of them or both', async () => {
    const { x, stepSize, stateMatrix, inputMatrix } = tensorsOf();
    const fixed = drawNormal<Tensor2D>([6, 3], 'fixed');
    const common = { x, stepSize, stateMatrix } as unknown as SelectiveScan;
    const repeated = mul(fixed, ones([2, 11, 1, 1]));
    const found = selectiveScan({ ...common, inputMatrix: fixed, outputMatrix: inputMatrix });
    const wanted = selectiveScan({
      ...common,
      inputMatrix: repeated,
      outputMatrix: mul(inputMatrix, ones([2, 11, 6, 3])),
    });
    expect(await distance(found.y, wanted.y)).toBeLessThan(1e-6);
  });

  it('refuses arguments that do not match, by name', () => {
    const tensors = scanOf(tensorsOf());
    expect(() => selectiveScan({ ...tensors, stepBias: drawNormal([5], 'b') })).toThrow(
      /stepBias: expected shape \[6\]/,
    );
    expect(() => selectiveScan(tensors, { chunkLength: 0 })).toThrow(/chunk/);
  });
});
