import { defineOp } from '../define-op.js';
import { onWebGpu } from '../on-webgpu.js';
import { expertOuterCpu } from './cpu.js';
import { expertOuterReference } from './reference.js';
import { expertOuterWasm } from './wasm.js';

/** {x, dy, experts} -> [Σ x ⊗ dy over the rows of each expert]. */
export const expertOuter = defineOp<{ readonly count: number }>({
  name: 'SequiturExpertOuter',
  reference: ({ x, dy, experts }, { count }) => [expertOuterReference(x!, dy!, experts!, count)],
  kernels: {
    cpu: expertOuterCpu,
    wasm: expertOuterWasm,
    webgpu: onWebGpu(({ expertOuterWebGpu }) => expertOuterWebGpu),
  },
});
