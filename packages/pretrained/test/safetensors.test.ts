import { SequiturError } from '@sequitur/core';
import { expect, it } from 'vitest';
import { blobFile, SafetensorsFile, safetensorsChunks, type TensorToWrite } from '../src/index.js';

/** A file of a header, as text or as an object, and so many bytes of data. */
function file(header: unknown, data: number | Uint8Array = 0, length?: bigint) {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  const body = typeof data === 'number' ? new Uint8Array(data) : data;
  return blobFile(new Blob([prefix, text, body as Uint8Array<ArrayBuffer>]), 'x.safetensors');
}

const entry = (start: number, end: number, shape = [(end - start) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [start, end],
});

it('reads what it wrote, tensor by tensor', async () => {
  const stored: Record<string, { dtype: TensorToWrite['dtype']; values: TensorToWrite['values'] }> = {
    single: { dtype: 'F32', values: async () => Float32Array.of(1.5, -2, 3e-40, 4) },
    double: { dtype: 'F64', values: async () => Float64Array.of(1.1, 2.2, 3.3, 4.4) },
    long: { dtype: 'I64', values: async () => BigInt64Array.of(-1n, 2n, 3n, 2n ** 62n) },
    int: { dtype: 'I32', values: async () => Int32Array.of(-1, 2, 3, 4) },
    byte: { dtype: 'U8', values: async () => Uint8Array.of(1, 2, 3, 255) },
    truth: { dtype: 'BOOL', values: async () => Uint8Array.of(1, 0, 1, 1) },
  };
  const tensors = Object.entries(stored).map(([name, each]) => ({ name, shape: [2, 2], ...each }));
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of safetensorsChunks(tensors, { format: 'pt', note: 'ünicode' })) {
    chunks.push(chunk.slice() as Uint8Array<ArrayBuffer>);
  }
  expect(chunks[0]!.length % 8).toBe(0);
  const read = await SafetensorsFile.open(blobFile(new Blob(chunks), 'x'));
  expect([...read.metadata]).toEqual([
    ['format', 'pt'],
    ['note', 'ünicode'],
  ]);
  for (const [name, { values }] of Object.entries(stored)) {
    expect((await read.read(name)).values, name).toEqual(await values());
  }
  await expect(read.read('other')).rejects.toThrow(/a tensor 'other'/);
});

it('widens half precision exactly, to the smallest and the largest numbers', async () => {
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x7c00, 0x8000, 0x7e00);
  const brains = Uint16Array.of(0x3f80, 0xc000, 0x0001, 0x7f7f, 0x7f80, 0x8000, 0x7fc0, 0x3eab);
  const bytes = new Uint8Array([...new Uint8Array(halves.buffer), ...new Uint8Array(brains.buffer)]);
  const header = { half: entry(0, 16, [8], 'F16'), brain: entry(16, 32, [8], 'BF16') };
  const opened = await SafetensorsFile.open(file(header, bytes));
  const infinity = Number.POSITIVE_INFINITY;
  expect([...(await opened.read('half')).values]).toEqual([1, -2, 2 ** -24, 1023 * 2 ** -24, 65504, infinity, -0, NaN]);
  const brain = [...(await opened.read('brain')).values] as number[];
  expect(brain.slice(0, 3)).toEqual([1, -2, 2 ** -133]);
  expect(brain[3]).toBeCloseTo(3.3895e38, -35);
  expect(brain.slice(4)).toEqual([infinity, -0, NaN, Math.fround(0.333984375)]);
});

const refused: Record<string, { given: ReturnType<typeof file>; says: RegExp }> = {
  'a file too short for a length': { given: blobFile(new Blob([new Uint8Array(5)]), 'x'), says: /at least 8 bytes/ },
  'a length beyond the file': { given: file({}, 0, 1000n), says: /a header of 1000 bytes, got a file of/ },
  'a length beyond the limit': { given: file({}, 0, 2n ** 63n), says: /at most 100000000 bytes/ },
  'no JSON': { given: file('{"a": '), says: /JSON in UTF-8/ },
  'something before the JSON': { given: file(' {}'), says: /starts with '\{'/ },
  'a list': { given: file('[]'), says: /starts with '\{'/ },
  'an overlap': { given: file({ a: entry(0, 8), b: entry(4, 12) }, 12), says: /tensor 'b'.*an overlap: byte 4/ },
  'a hole': { given: file({ a: entry(0, 8), b: entry(12, 16) }, 16), says: /tensor 'b'.*a hole: byte 12/ },
  'data that begin late': { given: file({ a: entry(4, 8) }, 8), says: /a hole/ },
  'a truncated file': { given: file({ a: entry(0, 8) }, 7), says: /8 bytes of data, got 7/ },
  'data beyond the last tensor': { given: file({ a: entry(0, 8) }, 9), says: /8 bytes of data, got 9/ },
  'bytes that do not fit the shape': { given: file({ a: entry(0, 8, [3]) }, 8), says: /12 bytes for F32/ },
  'an unknown dtype': { given: file({ a: entry(0, 8, [2], 'F8') }, 8), says: /a dtype of BOOL, .*"F8"/ },
  'a dtype of the prototype': { given: file({ a: entry(0, 8, [2], 'toString') }, 8), says: /a dtype of/ },
  'a negative size': { given: file({ a: entry(0, 8, [-2]) }, 8), says: /integers of at least 0/ },
  'a size that overflows': { given: file({ a: entry(0, 8, [2 ** 40, 2 ** 40]) }, 8), says: /bytes for F32/ },
  'offsets in the wrong order': {
    given: file({ a: { ...entry(0, 8), data_offsets: [8, 0] } }, 8),
    says: /data_offsets/,
  },
  'metadata that are no text': { given: file({ __metadata__: { a: 1 } }), says: /text in __metadata__\.a/ },
};
for (const [what, { given, says }] of Object.entries(refused)) {
  it(`refuses ${what}`, async () => {
    await expect(SafetensorsFile.open(given)).rejects.toThrow(SequiturError);
    await expect(SafetensorsFile.open(given)).rejects.toThrow(says);
  });
}

it('takes tensors without numbers, and a file without tensors', async () => {
  expect((await SafetensorsFile.open(file({}))).tensors.size).toBe(0);
  const opened = await SafetensorsFile.open(file({ none: entry(0, 0, [0, 5]), scalar: entry(0, 4, []) }, 4));
  expect((await opened.read('none')).values).toEqual(new Float32Array());
  expect((await opened.read('scalar')).values).toEqual(Float32Array.of(0));
});

it('notices when a file becomes shorter while it is read', async () => {
  const whole = file({ a: entry(0, 8) }, 8);
  let read = 0;
  const shrinking = { ...whole, read: async (s: number, e: number) => whole.read(s, ++read > 2 ? e - 4 : e) };
  const opened = await SafetensorsFile.open(shrinking);
  await expect(opened.read('a')).rejects.toThrow(/8 bytes, got 4/);
});
