import { engine, Tensor } from '@tensorflow/tfjs-core';
import { SequiturError } from '../errors.js';
import { showValue } from '../options/index.js';

/**
 * Checks that a tensor can be computed with: tfjs itself would fail later, with a message that names neither.
 *
 * @throws SequiturError where it is not a tensor, was disposed, or its backend was closed
 */
export function expectUsable(where: string, tensor: Tensor): void {
  if (!(tensor instanceof Tensor)) throw new SequiturError({ where, expected: 'a tensor', got: showValue(tensor) });
  if (tensor.isDisposed) {
    throw new SequiturError({ where, expected: 'a tensor that was not disposed', got: 'one that was disposed' });
  }
  const { registry, state } = engine();
  const backend = state.tensorInfo.get(tensor.dataId)?.backend;
  if (backend && Object.values(registry).includes(backend)) return;
  throw new SequiturError({
    where,
    expected: 'a tensor on an open backend',
    got: 'one whose backend was closed',
    fix: 'Close a backend only after its models are no longer used; open it again with openBackend and load or create them again',
  });
}
