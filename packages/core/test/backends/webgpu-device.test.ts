import { drawNormal, onEachBackend } from '@sequitur/laws';
import { add, backend, dispose, env, matMul, ones, square, tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { type Backend, byReference, closeBackend, openBackend, SequiturError } from '../../src/index.js';

/** What a test reaches for below the backend. */
interface Own {
  readonly device: GPUDevice;
  readonly commandEncoder: unknown;
  readonly tensorMap: { get(id: object): { resource: unknown } };
}

onEachBackend('the device', () => {
  let opened: Backend;
  let own: Own;
  beforeEach(async () => {
    opened = await openBackend('webgpu');
    own = backend() as unknown as Own;
  });
  afterAll(() => closeBackend('webgpu'));

  it('computes small tensors itself, not on the processor', async () => {
    expect(env().getBool('WEBGPU_CPU_FORWARD')).toBe(false);
    const sum = add(tensor([1, 2]), tensor([3, 4]));
    expect(own.tensorMap.get(sum.dataId).resource).not.toBeNull();
    expect([...(await sum.data())]).toEqual([4, 6]);
    sum.dispose();
  });

  it('has computed everything after sync, which submits what was still being collected', async () => {
    let isDone = false;
    const { queue } = own.device;
    const whenDone = queue.onSubmittedWorkDone.bind(queue);
    queue.onSubmittedWorkDone = async () => {
      await whenDone();
      isDone = true;
      return undefined;
    };
    const result = square(ones([64, 64]));
    expect(own.commandEncoder).not.toBeNull();
    await opened.sync();
    expect([own.commandEncoder, isDone]).toEqual([null, true]);
    Reflect.deleteProperty(queue, 'onSubmittedWorkDone');
    result.dispose();
  });

  it('turns asynchronous device errors into an error of the next call, and continues', async () => {
    own.device.createBuffer({ size: 16, usage: 0xffff_0000 });
    await expect(opened.sync()).rejects.toThrow(SequiturError);
    const x = square(tensor([3]));
    expect([...(await x.data())]).toEqual([9]);
    x.dispose();
  });

  it('has one buffer bound at most eight times over, which is all that every device can', () => {
    expect(own.device.limits.maxStorageBuffersPerShaderStage).toBeGreaterThanOrEqual(8);
  });

  it('makes few bind groups for many dispatches, none of which could be freed before the event loop turns', async () => {
    let made = 0;
    const create = GPUDevice.prototype.createBindGroup;
    GPUDevice.prototype.createBindGroup = function (descriptor) {
      made++;
      return create.call(this, descriptor);
    };
    closeBackend('webgpu');
    try {
      await openBackend('webgpu');
      const x = ones([64]);
      for (let i = 0; i < 1000; i++) dispose(add(x, x));
      expect(made).toBeLessThan(200);
      dispose(x);
    } finally {
      GPUDevice.prototype.createBindGroup = create;
    }
  });

  it('rejects every pending call when it is lost, and can be opened again', async () => {
    const [a, b] = [drawNormal([1, 200, 200], 'a'), drawNormal([1, 200, 200], 'b')];
    const product = matMul(a, b);
    const pending = [product.data(), opened.sync(), square(product).data()];
    own.device.destroy();
    for (const result of await Promise.allSettled(pending)) {
      expect(result.status).toBe('rejected');
      const { reason } = result as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(SequiturError);
      expect(String(reason)).toMatch(/call openBackend again/);
    }
    expect(() => add(product, 1)).toThrow(/its loss/);
    await expect(opened.sync()).rejects.toThrow(/its loss/);

    const again = await openBackend('webgpu');
    expect(again).not.toBe(opened);
    dispose([a, b, product]); // what is gone can still be disposed
    const sum = byReference(() => add(tensor([1, 2]), 1));
    expect([...(await sum.data())]).toEqual([2, 3]);
    await again.sync();
    sum.dispose();
  });
}, ['webgpu']);
