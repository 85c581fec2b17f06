import { wasmInstance } from '../../backends/wasm/instance.js';
import { runOnNumbers } from '../../backends/wasm/rows.js';
import type { NativeKernel } from '../define-op.js';
import { type ActivationAttributes, KINDS } from './reference.js';

/** Cost of one element, in multiplications. */
const COST = 64;

export const activationWasm: NativeKernel<ActivationAttributes> = ({ inputs: { x }, attributes, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const y = wasm.output(x!.shape);
  const [kind, from, to] = [KINDS[attributes.kind], wasm.offset(x!), wasm.offset(y)];
  runOnNumbers(wasm, 'activationForward', { count: x!.size, cost: COST }, (count, bytes) => [
    ...[kind, count, from + bytes, to + bytes],
  ]);
  return [y];
};

export const activationGradientWasm: NativeKernel<ActivationAttributes> = ({
  inputs: { x, dy },
  attributes,
  backend,
}) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const dx = wasm.output(x!.shape);
  const [kind, from, slopes, to] = [KINDS[attributes.kind], wasm.offset(x!), wasm.offset(dy!), wasm.offset(dx)];
  runOnNumbers(wasm, 'activationBackward', { count: x!.size, cost: COST }, (count, bytes) => [
    ...[kind, count, from + bytes, slopes + bytes, to + bytes],
  ]);
  return [dx];
};
