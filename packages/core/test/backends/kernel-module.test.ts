import { tensor } from '@tensorflow/tfjs-core';
import { afterAll, expect, it, vi } from 'vitest';
import { closeBackend, defineOp, kernelModule, kernelsOf, type NativeKernel, openBackend } from '../../src/index.js';
import * as onWebGpu from '../../src/ops/kernels-on-webgpu.js';

afterAll(() => closeBackend('cpu'));

/** Says of itself that it ran: the reference returns its input. */
const seven: NativeKernel<object> = ({ backend }) => [
  (backend as unknown as { makeTensorInfo: (...of: unknown[]) => never }).makeTensorInfo([1], 'float32', [7]),
];

function opWith(kernel: NativeKernel<object>, name: string) {
  return defineOp<object>({ name, reference: ({ x }) => [x!.clone()], kernels: { cpu: kernel } });
}

async function resultOf(op: ReturnType<typeof opWith>): Promise<number> {
  const x = tensor([3]);
  const y = op({ x }, {})[0]!;
  const [value] = await y.data();
  x.dispose();
  y.dispose();
  return value!;
}

it('is loaded when its backend is opened, and not before', async () => {
  const load = vi.fn(async () => ({ seven }));
  const other = vi.fn(async () => ({}));
  const module = kernelModule('cpu', load);
  kernelModule('webgpu', other);
  expect([load.mock.calls.length, module.kernels()]).toEqual([0, null]);
  await openBackend('cpu');
  expect([load.mock.calls.length, other.mock.calls.length]).toEqual([1, 0]);
  expect(
    await resultOf(
      opWith(
        kernelsOf(module)((of) => of.seven),
        'TestLoadedAtOpening',
      ),
    ),
  ).toBe(7);
  await openBackend('cpu');
  expect(load).toHaveBeenCalledTimes(1);
});

it('is loaded at once where its backend is open; until then the reference computes', async () => {
  await openBackend('cpu');
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const module = kernelModule('cpu', async () => {
    await arrived;
    return { seven };
  });
  const op = opWith(
    kernelsOf(module)((of) => of.seven),
    'TestLoadedLater',
  );
  expect(await resultOf(op)).toBe(3);
  arrive();
  await openBackend('cpu');
  expect(await resultOf(op)).toBe(7);
});

it('says why it could not be loaded, when it is used, and loads again with the backend', async () => {
  await openBackend('cpu');
  let isDown = true;
  const module = kernelModule('cpu', async () => {
    if (isDown) throw new Error('404: kernels-on-cpu.js');
    return { seven };
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
  const op = opWith(
    kernelsOf(module)((of) => of.seven),
    'TestNotLoaded',
  );
  await expect(async () => resultOf(op)).rejects.toThrow('404: kernels-on-cpu.js');
  isDown = false;
  await openBackend('cpu');
  expect(await resultOf(op)).toBe(7);
});

it('has every kernel for WebGPU of this package', async () => {
  const files = import.meta.glob('../../src/ops/*/webgpu.ts');
  const modules = (await Promise.all(Object.values(files).map((load) => load()))) as Record<string, unknown>[];
  const kernels = modules.flatMap((module) => Object.keys(module)).filter((name) => /WebGpu$/.test(name));
  expect(Object.keys(onWebGpu).sort()).toEqual(kernels.sort());
});
