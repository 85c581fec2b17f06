import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { SequiturError } from '../errors.js';

/** @throws SequiturError where a tensor was disposed, or its backend closed: tfjs would fail far from here */
export function expectUsable(where: string, tensor: Tensor): void {
  if (tensor.isDisposed) {
    throw new SequiturError({ where, expected: 'a tensor with its values', got: 'one that was disposed' });
  }
  const { registry, state } = engine();
  const backend = state.tensorInfo.get(tensor.dataId)?.backend;
  if (backend && Object.values(registry).includes(backend)) return;
  throw new SequiturError({
    where,
    expected: 'values on a backend that is open',
    got: 'those of one that was closed, which are gone',
    fix: 'Close a backend when all models on it are done; open it again with openBackend, and load or create them anew',
  });
}
