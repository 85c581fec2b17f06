import { defineOp, expectTensor, type Op, SequiturError, showShape } from '@sequitur/core';
import { type Tensor, type Tensor4D, zerosLike } from '@tensorflow/tfjs-core';
import { onWebGpu } from '../on-webgpu.js';
import { rotateCpu } from './cpu.js';
import { type RotateAttributes, rotateReference } from './reference.js';
import { rotateWasm } from './wasm.js';

/** {x, cosines, sines} -> [y]. The angles are data: no gradient flows to them. */
const rotateOp: Op<RotateAttributes> = defineOp<RotateAttributes>({
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
  kernels: { cpu: rotateCpu, wasm: rotateWasm, webgpu: onWebGpu(({ rotateWebGpu }) => rotateWebGpu) },
});

/**
 * Rotates pairs of dimensions by angles: (a, b) -> (a cos - b sin, b cos + a sin), as in RoPE (Su et al. 2021, equation
 * 34). Dimensions beyond the pairs are copied.
 *
 * @param x float32 [batch, length, heads, size]
 * @param cosines float32 [length, pairs], or [batch * length, pairs] where the rows of a batch differ
 * @param sines of the same shape
 * @param options `interleaved`: pairs are adjacent (2i, 2i + 1); else (i, i + pairs)
 * @returns float32 of the shape of x, which the caller disposes; differentiable by x only
 * @throws SequiturError when a shape or dtype does not match
 */
export function rotate(
  x: Tensor4D,
  cosines: Tensor,
  sines: Tensor,
  { interleaved = false }: { readonly interleaved?: boolean } = {},
): Tensor4D {
  const [batch, length, , size] = x.shape;
  const [rows = 0, pairs = 0] = cosines.shape;
  expectTensor('rotate, x', x);
  if ((rows !== length && rows !== batch * length) || 2 * pairs > size || cosines.rank !== 2) {
    throw new SequiturError({
      where: 'rotate, cosines',
      expected: `shape [${length} or ${batch * length}, at most ${Math.floor(size / 2)}]`,
      got: showShape(cosines.shape),
    });
  }
  expectTensor('rotate, cosines', cosines);
  expectTensor('rotate, sines', sines, { shape: cosines.shape });
  return rotateOp({ x, cosines, sines }, { interleaved, backwards: false })[0] as Tensor4D;
}
