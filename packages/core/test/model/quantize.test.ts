import { drawNormal, expectClose, onEachBackend } from '@sequitur/laws';
import { memory, type Tensor2D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  Embedding,
  initialize,
  Linear,
  Module,
  Parameter,
  parametersOf,
  quantize,
  quantizeOnAssign,
  SequiturError,
  storageOf,
  zeros,
} from '../../src/index.js';

class Small extends Module {
  readonly table = new Embedding(40, 64);
  readonly layer = new Linear(64, 33);
  readonly dense = new Linear(8, 8, { quantizable: false });
}

onEachBackend('quantized parameters', () => {
  it('compute with the values that read() gives, and take the declared bytes', async () => {
    for (const weights of ['bfloat16', 'float16', 'int8', 'int4'] as const) {
      const before = memory();
      const [model, rounded] = [initialize(new Small(), 1), new Small()];
      const storage = await quantize(model, { weights });
      const embeddings = weights === 'int4' ? 'int8' : weights;
      expect(Object.fromEntries([...storage].map(([path, { format }]) => [path, format]))).toEqual({
        ...{ 'table.weight': embeddings, 'layer.weight': weights },
        ...{ 'layer.bias': 'float32', 'dense.weight': 'float32', 'dense.bias': 'float32' },
      });
      // Rows of 64: 2 words of 4 bytes for each 16 bits of 32 elements, and the scales.
      const perRow = { bfloat16: 128, float16: 128, int8: 64 + 4, int4: 32 + 2 * 4 };
      expect(storage.get('table.weight')!.bytes).toBe(40 * perRow[embeddings]);
      expect(storage.get('layer.weight')!.bytes).toBe(33 * perRow[weights]);
      for (const [path, parameter] of parametersOf(model)) {
        parametersOf(rounded)
          .get(path)!
          .assign(await parameter.read());
        expect(parameter.trainable, path).toBe(parameter.format === 'float32');
      }
      const ids = tensor1d([3, 39, 0], 'int32');
      const of = ({ table, layer }: Small) => tidy(() => layer.apply(table.lookup(ids)) as Tensor2D);
      await expectClose(of(model), of(rounded), 1e-4);
      const x = drawNormal<Tensor2D>([2, 64], 'x');
      await expectClose(model.table.scores(x), rounded.table.scores(x), 1e-3);
      for (const owner of [model, rounded, ids, x]) owner.dispose();
      expect(memory().numTensors).toBe(before.numTensors);
    }
  });

  it('are quantized as they are assigned, one after the other', async () => {
    const [later, before] = [new Small(), initialize(new Small(), 1)];
    quantizeOnAssign(later, { weights: 'int8', embeddings: 'float32' });
    for (const [path, parameter] of parametersOf(before))
      parametersOf(later)
        .get(path)!
        .assign(await parameter.read());
    await quantize(before, { weights: 'int8', embeddings: 'float32' });
    expect(storageOf(later)).toEqual(storageOf(before));
    expect(await later.layer.weight.read()).toEqual(await before.layer.weight.read());
    expect(later.table.weight.format).toBe('float32');
    for (const model of [later, before]) model.dispose();
  });

  it('are refused where they cannot be used, and say so', async () => {
    const model = initialize(new Small(), 1);
    await quantize(model, { weights: 'int8' });
    expect(() => model.layer.weight.value).toThrow(/\[64, 33\].*values in float32, got values in int8/);
    expect(() => {
      model.layer.weight.format = 'int4';
    }).toThrow(/no values yet.*quantize/s);
    expect(() => {
      new Parameter([4, 4], zeros).format = 'int8';
    }).toThrow(SequiturError);
    await expect(quantize(model, { weights: 'int3' as never })).rejects.toThrow(/quantize.*weights.*int3/s);
    await expect(quantize(new Small(), { weights: 'int8' })).rejects.toThrow(/none in table.weight/);
    model.dispose();
    expect(() => model.layer.weight.value).toThrow(/disposed/);
  });
});
