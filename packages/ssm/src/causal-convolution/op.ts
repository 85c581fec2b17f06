import { defineOp } from '@sequitur/core';
import type { ConvolutionAttributes } from './attributes.js';
import { convolutionCpu, convolutionGradientCpu } from './cpu.js';
import { causalConvolutionGradientReference } from './gradient-reference.js';
import { causalConvolutionReference } from './reference.js';
import { convolutionGradientWasm, convolutionWasm } from './wasm.js';
import { convolutionGradientWebGpu, convolutionWebGpu } from './webgpu.js';

/** {x, weight, bias} -> [y]. */
export const convolutionOp = defineOp<ConvolutionAttributes>({
  name: 'SequiturCausalConvolution',
  reference: ({ x, weight, bias }, { activation }) => [causalConvolutionReference(x!, weight!, bias!, activation)],
  gradient: {
    inputsToSave: ['x', 'weight', 'bias'],
    of: ([dy], [x, weight, bias], attributes) => {
      const given = { x: x!, weight: weight!, bias: bias!, dy: dy! };
      const [dx, dWeight, dBias] = convolutionGradient(given, attributes);
      return { x: () => dx!, weight: () => dWeight!, bias: () => dBias! };
    },
  },
  kernels: { cpu: convolutionCpu, wasm: convolutionWasm, webgpu: convolutionWebGpu },
});

/** {x, weight, bias, dy} -> [dx, dweight, dbias]. */
const convolutionGradient = defineOp<ConvolutionAttributes>({
  name: 'SequiturCausalConvolutionGradient',
  reference: ({ x, weight, bias, dy }, { activation }) =>
    causalConvolutionGradientReference(x!, weight!, bias!, dy!, activation),
  kernels: { cpu: convolutionGradientCpu, wasm: convolutionGradientWasm, webgpu: convolutionGradientWebGpu },
});
