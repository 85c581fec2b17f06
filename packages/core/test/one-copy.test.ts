import { expect, it } from 'vitest';
import * as first from '../src/index.js';

it('refuses a second copy of the package, in parameters and when a backend is opened', async () => {
  const parameter = (core: typeof first) => new core.Parameter([2], core.zeros);
  parameter(first);
  const seen = globalThis as Record<symbol, unknown>;
  const stamp = Symbol.for('@sequitur/core');
  const own = seen[stamp];
  expect(own).toBeTypeOf('object');
  seen[stamp] = {}; // what another copy would have left there
  try {
    expect(() => parameter(first)).toThrow(/one copy in this process, got a second one.*npm ls @sequitur\/core/s);
    await expect(first.openBackend('cpu')).rejects.toThrow(/a second one/);
  } finally {
    seen[stamp] = own;
  }
  parameter(first);
});
