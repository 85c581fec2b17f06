import { describe, expect, it } from 'vitest';
import { declaredSize, sizeOfAll } from '../src/readme-sizes.js';

const MEASURED = [
  ...['core', 'pretrained', 'generation', 'train', 'text', 'attention', 'ssm', 'recurrent'],
  ...['transformer', 'bert', 'gpt', 'mamba'],
];

describe('the size that a README declares', () => {
  it.each(MEASURED)('is that of the package %s, rounded up by at most two fifths', async (name) => {
    const declared = 1000 * (declaredSize(name) ?? Number.NaN);
    const measured = await sizeOfAll(name);
    expect(measured).toBeLessThanOrEqual(declared);
    expect(measured).toBeGreaterThan(declared / 1.4);
  });
});
