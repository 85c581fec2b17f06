import { defineOp, type Op } from '@sequitur/core';
import { zerosLike } from '@tensorflow/tfjs-core';
import { rotateCpu } from './cpu.js';
import { type RotateAttributes, rotateReference } from './reference.js';
import { rotateWasm } from './wasm.js';
import { rotateWebGpu } from './webgpu.js';

/** {x, cosines, sines} -> [y]. The angles are data: no gradient flows to them. */
export const rotateOp: Op<RotateAttributes> = defineOp<RotateAttributes>({
  name: 'SequiturRotate',
  reference: ({ x, cosines, sines }, attributes) => [rotateReference(x!, cosines!, sines!, attributes)],
  gradient: {
    inputsToSave: ['cosines', 'sines'],
    of: ([dy], [cosines, sines], { interleaved, backwards }) => ({
      x: () => rotateOp({ x: dy!, cosines: cosines!, sines: sines! }, { interleaved, backwards: !backwards })[0]!,
      cosines: () => zerosLike(cosines!),
      sines: () => zerosLike(sines!),
    }),
  },
  kernels: { cpu: rotateCpu, wasm: rotateWasm, webgpu: rotateWebGpu },
});
