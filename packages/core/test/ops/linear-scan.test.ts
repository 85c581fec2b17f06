import { distance, drawNormal, expectGradientOfDifferences, onEachBackend } from '@sequitur/laws';
import { dispose, type Tensor, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { linearScan } from '../../src/index.js';
import { linearScanReference } from '../../src/ops/linear-scan/reference.js';

onEachBackend('linear scan', () => {
  it('equals its reference and has the gradient of differences', async () => {
    const inputs = [
      drawNormal<Tensor3D>([2, 5, 6], 'a'),
      drawNormal<Tensor3D>([2, 5, 6], 'x'),
      drawNormal<Tensor2D>([2, 6], 'h'),
    ] as const;
    const [found, wanted] = [linearScan(...inputs), linearScanReference(...inputs)];
    expect(await distance(found, wanted)).toBeLessThan(1e-5);
    const f = (...[a, x, h]: Tensor[]) => linearScan(a as Tensor3D, x as Tensor3D, h as Tensor2D);
    await expectGradientOfDifferences(f, inputs, { samples: 12 });
    dispose([found, wanted, ...inputs]);
  });
});
