import { drawNormal, drawTokens, expectClose, gradientsOf, onEachBackend, weighed } from '@sequitur/laws';
import { add, backend, dispose, type Tensor, type Tensor2D, tensor, variable, zeros } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { adamWStep, byReference, Embedding, globalNorm, initialize, Linear, SequiturError } from '../../src/index.js';

// GPT-2's embedding has 154 MB, and lavapipe binds 128 MiB: here the bound is lowered instead, so that small tables pass it.
const MOST_BYTES = 4096;

onEachBackend('a table larger than what the device binds', () => {
  let own: { mostBindingBytes: number };
  let before: number;
  beforeEach(() => {
    own = backend() as unknown as { mostBindingBytes: number };
    before = own.mostBindingBytes;
    own.mostBindingBytes = MOST_BYTES;
  });
  afterEach(() => {
    own.mostBindingBytes = before;
  });
  /** The same computation, once with everything bound whole. */
  function whole<T>(compute: () => T): T {
    own.mostBindingBytes = before;
    try {
      return byReference(compute);
    } finally {
      own.mostBindingBytes = MOST_BYTES;
    }
  }

  it('is refused by tfjs’s own operations before they run', async () => {
    const large = drawNormal<Tensor2D>([64, 20], 'large');
    expect(() => add(large, 1)).toThrow(SequiturError);
    expect(() => add(large, 1)).toThrow(/at most 4096 bytes.*float32 \[64, 20\], 5120 bytes/s);
    large.dispose();
  });

  it('is looked up, scored against, and gets its gradient, in parts', async () => {
    for (const width of [20, 24]) {
      const table = initialize(new Embedding(90, width), 1); // 7200 or 8640 bytes
      const ids = drawTokens(2, 3, 90, 'ids');
      const x = drawNormal([2, 3, width], 'x');
      const f = () => add(weighed(table.lookup(ids)), weighed(table.scores(x)));
      const compute = () => gradientsOf({ module: table, f: f as never });
      const found = await compute();
      const wanted = await whole(compute);
      expect([...found.keys()]).toEqual([...wanted.keys()]);
      for (const [path, values] of found) await expectClose(tensor(values), tensor(wanted.get(path)!), 1e-5, path);
      dispose([ids, x]);
      table.dispose();
    }
  });

  it('is the weight of a linear layer', async () => {
    const layer = initialize(new Linear(30, 80), 1); // 9600 bytes
    const x = drawNormal([2, 3, 30], 'x');
    const compute = () => gradientsOf({ module: layer, f: () => weighed(layer.apply(x)) });
    const [found, wanted] = [await compute(), await whole(compute)];
    for (const [path, values] of found) await expectClose(tensor(values), tensor(wanted.get(path)!), 1e-5, path);
    x.dispose();
    layer.dispose();
  });

  it('is trained by AdamW, and counts in the norm of the gradients', async () => {
    const options = { learningRate: 1e-2, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1, step: 1 };
    const step = () => {
      const held = (start: Tensor) => {
        const own = variable(start);
        start.dispose(); // what is shared is not written in place
        return own;
      };
      const [parameter, gradient] = [held(drawNormal<Tensor>([90, 20], 'p')), drawNormal<Tensor>([90, 20], 'g')];
      const [firstMoment, secondMoment] = [held(zeros([90, 20])), held(zeros([90, 20]))];
      const norm = globalNorm([gradient]);
      adamWStep({ ...options, parameter, gradient, firstMoment, secondMoment, scale: norm });
      return [parameter, firstMoment, secondMoment, norm] as Tensor[];
    };
    const [found, wanted] = [step(), whole(step)];
    for (const [index, each] of found.entries()) await expectClose(each, wanted[index]!, 1e-6, `${index}`);
  });
}, ['webgpu']);
