import { onEachBackend } from '@sequitur/laws';
import { expect, it } from 'vitest';
import { type BackendName, type Capability, closeBackend, openBackend } from '../../src/index.js';

const KNOWN: Record<BackendName, string[]> = {
  cpu: ['threads'],
  wasm: ['simd', 'fusedProducts', 'threads'],
  webgpu: ['adapter', 'f16', 'subgroups', 'bindingSize', 'halfPrecision'],
};

onEachBackend('capabilities', (name) => {
  it('say what was found, and for what is missing what can be done', async () => {
    const { capabilities } = await openBackend(name);
    expect(Object.keys(capabilities)).toEqual(KNOWN[name]);
    for (const [what, { found, detail, hint }] of Object.entries(capabilities) as [string, Capability][]) {
      expect(detail.length, what).toBeGreaterThan(0);
      if (!found) expect(hint, what).toBeTruthy();
    }
  });

  it('waits for nothing when nothing was asked for', async () => {
    await (await openBackend(name)).sync();
  });
});

it('says for every backend why none opened', async () => {
  await expect(openBackend([])).rejects.toThrow(/an empty list/);
  await expect(openBackend('webgl' as BackendName)).rejects.toThrow(/webgpu, wasm, cpu, got 'webgl'/);
});

it('passes over an adapter that computes on the processor where something faster is left', async () => {
  closeBackend('webgpu'); // what is open already is taken as it is
  const backend = await openBackend(['webgpu', 'wasm']);
  if (backend.name === 'webgpu') expect(backend.capabilities.adapter?.found).toBe(true);
  else expect(backend.name).toBe('wasm');
});
