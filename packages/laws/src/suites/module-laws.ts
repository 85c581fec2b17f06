import { initialize, type Module, parametersOf, SequiturError, sizeOf, tiedPathsOf } from '@sequitur/core';
import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

export interface ModuleLawOptions {
  /** Declared number of trainable parameters. */
  readonly parameters?: number | undefined;
}

/** The laws of every module: parameters named by path, values from a seed and the path, no allocation before that. */
export function moduleLaws(create: () => Module, { parameters }: ModuleLawOptions = {}): void {
  it('allocates nothing until it is initialized, and frees everything', () => {
    const before = memory();
    const module = create();
    expect(memory().numTensors).toBe(before.numTensors);
    initialize(module, 1);
    const count = parametersOf(module).size;
    expect(memory().numTensors - before.numTensors).toBe(count);
    module.dispose();
    const after = memory();
    expect([after.numTensors, after.numBytes]).toEqual([before.numTensors, before.numBytes]);
    initialize(module, 1); // it can be initialized again
    module.dispose();
    expect(memory().numTensors).toBe(before.numTensors);
  });

  it('gives its parameters unique and reproducible names', () => {
    const [one, other] = [create(), create()];
    const paths = [...parametersOf(one).keys()];
    expect(paths.length).toBeGreaterThan(0);
    expect([...parametersOf(other).keys()]).toEqual(paths);
    expect(new Set([...paths, ...tiedPathsOf(one).keys()]).size).toBe(paths.length + tiedPathsOf(one).size);
    expect(new Set(parametersOf(one).values()).size).toBe(paths.length);
    for (const path of paths) expect(path).toMatch(/^[a-z]\w*(\.\w+)*$/i);
  });

  it('draws equal values from equal seeds, and different ones from different seeds', async () => {
    const values = async (seed: number) => {
      const module = initialize(create(), seed);
      const read = await Promise.all([...parametersOf(module).values()].map((parameter) => parameter.read()));
      module.dispose();
      return read;
    };
    const [first, again, other] = [await values(1), await values(1), await values(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(first.flatMap((numbers) => [...numbers]).every(Number.isFinite)).toBe(true);
  });

  it('refuses to compute without values', () => {
    const [parameter] = parametersOf(create()).values();
    expect(() => parameter!.value).toThrow(SequiturError);
  });

  if (parameters === undefined) return;
  it('has the declared number of trainable parameters', () => {
    const shapes = [...parametersOf(create()).values()].map(({ shape }) => shape);
    expect(shapes.reduce((sum, shape) => sum + sizeOf(shape), 0)).toBe(parameters);
  });
}
