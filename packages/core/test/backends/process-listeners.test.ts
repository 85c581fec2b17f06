import { expect, it } from 'vitest';
import { withoutListeners } from '../../src/backends/wasm/process-listeners.js';
import { closeBackend, openBackend } from '../../src/index.js';

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;
const counts = () => EVENTS.map((event) => process.listenerCount(event));

it('leaves no listeners of tfjs on the process', async () => {
  const before = counts();
  await openBackend('wasm');
  expect(counts()).toEqual(before);
  closeBackend('wasm');
});

it('takes out what does nothing but throw, and nothing that came before or does more', async () => {
  class ExitStatus {}
  const throwing = [
    (ex: unknown) => {
      if (!(ex instanceof ExitStatus)) {
        throw ex;
      }
    },
    (reason: unknown) => {
      throw reason;
    },
  ] as const;
  const other = (error: unknown) => void error;
  const before = counts();
  process.on('uncaughtException', throwing[0]); // somebody else's
  await withoutListeners(async () => {
    process.on('uncaughtException', other);
    process.on('unhandledRejection', throwing[1]);
  });
  expect(counts()).toEqual([before[0]! + 2, before[1]]);
  process.removeListener('uncaughtException', throwing[0]);
  process.removeListener('uncaughtException', other);
  expect(counts()).toEqual(before);
});
