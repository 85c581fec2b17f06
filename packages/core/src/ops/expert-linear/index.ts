import { type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { showShape } from '../../shape.js';
import { defineOp, type Op } from '../define-op.js';
import { expectTensor } from '../expect-tensor.js';
import { onWebGpu } from '../on-webgpu.js';
import { checkIntegers } from '../values-on-host.js';
import { expertLinearCpu } from './cpu.js';
import { expertOuter } from './gradient.js';
import { type ExpertLinearAttributes, expertLinearReference } from './reference.js';
import { expertLinearWasm } from './wasm.js';

/** {x, weight, experts} -> [y]. */
const expertLinearOp: Op<ExpertLinearAttributes> = defineOp<ExpertLinearAttributes>({
  name: 'SequiturExpertLinear',
  reference: ({ x, weight, experts }, { transposed }) => [expertLinearReference(x!, weight!, experts!, transposed)],
  gradient: {
    inputsToSave: ['x', 'weight', 'experts'],
    of: ([dy], [x, weight, experts], { transposed }) => {
      const back = { x: dy!, weight: weight!, experts: experts! };
      const [left, right] = transposed ? [dy!, x!] : [x!, dy!];
      return {
        x: () => expertLinearOp(back, { transposed: !transposed })[0]!,
        weight: () => expertOuter({ x: left, dy: right, experts: experts! }, { count: weight!.shape[0]! })[0]!,
        experts: () => zeros(experts!.shape),
      };
    },
  },
  kernels: {
    cpu: expertLinearCpu,
    wasm: expertLinearWasm,
    webgpu: onWebGpu(({ expertLinearWebGpu }) => expertLinearWebGpu),
  },
});

/**
 * The linear layer of a mixture of experts: y_r = x_r W_e with e = experts_r, each row times the matrix of its expert.
 * Only these products are computed; consecutive rows of one expert are multiplied together.
 *
 * @param x float32 [rows, inputs]
 * @param weight float32 [experts, inputs, outputs]
 * @param experts int32 [rows], each in [0, experts)
 * @returns float32 [rows, outputs], which the caller disposes
 * @throws SequiturError when a shape, a dtype or (where they are on the host) an expert does not match
 */
export function expertLinear(x: Tensor2D, weight: Tensor3D, experts: Tensor1D): Tensor2D {
  expectTensor('expertLinear, weight', weight);
  if (weight.rank !== 3) {
    const expected = 'shape [experts, inputs, outputs]';
    throw new SequiturError({ where: 'expertLinear, weight', expected, got: showShape(weight.shape) });
  }
  expectTensor('expertLinear, x', x, { shape: ['...', weight.shape[1]!] });
  expectTensor('expertLinear, experts', experts as Tensor, { dtype: 'int32', shape: [x.shape[0]] });
  checkIntegers('expertLinear, experts', experts, { below: weight.shape[0] });
  return expertLinearOp({ x, weight, experts }, { transposed: false })[0] as Tensor2D;
}
