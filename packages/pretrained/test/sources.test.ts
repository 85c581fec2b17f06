import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SequiturError } from '@sequitur/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type DownloadProgress,
  type FileSource,
  filesSink,
  filesSource,
  folderSink,
  folderSource,
  hubSource,
  openSource,
  urlSource,
} from '../src/index.js';

const BYTES = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sequitur-'));
  await writeFile(join(folder, 'model.bin'), BYTES);
});
afterEach(() => rm(folder, { recursive: true }));

/** Every source must behave alike. */
async function expectFiles(source: FileSource): Promise<void> {
  expect(await source.open('absent.bin')).toBeNull();
  const file = (await source.open('model.bin'))!;
  expect(file.size).toBe(5000);
  expect(await file.read(0, 5000)).toEqual(BYTES);
  expect(await file.read(100, 108)).toEqual(BYTES.slice(100, 108));
  expect((await file.read(7, 7)).length).toBe(0);
  await file.close?.();
}

describe('a folder', () => {
  it('gives its files, by path or by address', async () => {
    await expectFiles(folderSource(folder));
    await expectFiles(await openSource(folder));
    await expectFiles(await openSource(pathToFileURL(folder)));
  });

  it('gives nothing from outside it', async () => {
    for (const path of ['../x', '/etc/hostname', 'a/../../x', '.']) {
      await expect(folderSource(folder).open(path)).rejects.toThrow(/a file inside the folder/);
      await expect(folderSink(folder).write(path, [])).rejects.toThrow(/a file inside the folder/);
    }
  });

  it('takes files whole: one that breaks off leaves what was there', async () => {
    const sink = folderSink(folder);
    await sink.write('other.bin', [BYTES.slice(0, 10), BYTES.slice(10)]);
    expect(new Uint8Array(await readFile(join(folder, 'other.bin')))).toEqual(BYTES);
    async function* breaking(code: string) {
      yield BYTES;
      throw Object.assign(new Error('broken'), { code });
    }
    await expect(sink.write('other.bin', breaking('EIO'))).rejects.toThrow('broken');
    await expect(sink.write('new.bin', breaking('ENOSPC'))).rejects.toThrow(/Free some space/);
    expect(new Uint8Array(await readFile(join(folder, 'other.bin')))).toEqual(BYTES);
    expect((await readdir(folder)).sort()).toEqual(['model.bin', 'other.bin']);
  });

  it('says so where nothing can be written', async () => {
    await expect(folderSink(join(folder, 'model.bin')).write('x', [BYTES])).rejects.toThrow(/a path that is no file/);
  });
});

it('files of a page are found by name, and collected by a sink', async () => {
  await expectFiles(filesSource([new File([BYTES], 'model.bin')]));
  await expectFiles(await openSource([new File([BYTES], 'some/folder/model.bin')]));
  const sink = filesSink();
  await sink.write('model.bin', [BYTES.slice(0, 3), BYTES.slice(3)]);
  await expectFiles(filesSource(sink.files));
});

describe('an address', () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  /** A server of the folder, with or without ranges. */
  async function serve(hasRanges: boolean, status = 206): Promise<string> {
    server = createServer(async ({ url, headers: { range } }, response) => {
      const file = await readFile(join(folder, url!)).catch(() => null);
      if (!file) return response.writeHead(404).end();
      const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
      if (!hasRanges || start === undefined) return response.writeHead(200).end(file);
      response.writeHead(status, { 'Content-Range': `bytes ${start}-${end}/${file.length}` });
      return response.end(file.subarray(Number(start), Number(end) + 1));
    });
    await new Promise<void>((resolve) => server!.listen(0, 'localhost', resolve));
    return `http://localhost:${(server.address() as AddressInfo).port}/`;
  }

  it('is read by ranges, or whole where the server knows none', async () => {
    for (const hasRanges of [true, false]) {
      const address = await serve(hasRanges);
      await expectFiles(urlSource(address));
      await expectFiles(await openSource(address));
      server!.close();
    }
  });

  it('is refused where the server fails, and given up when told to', async () => {
    const address = await serve(true, 500);
    await expect(urlSource(address).open('model.bin')).rejects.toThrow(/status 500/);
    const abort = AbortSignal.abort();
    await expect(urlSource(address, { signal: abort }).open('model.bin')).rejects.toThrow(/abort/i);
  });
});

describe('a repository', () => {
  const digest = createHash('sha256').update(BYTES).digest('hex');
  let asked: string[];
  let cache: string | undefined;
  beforeEach(() => {
    asked = [];
    cache = process.env.HF_HUB_CACHE;
    process.env.HF_HUB_CACHE = join(folder, 'cache');
  });
  afterEach(() => {
    if (cache === undefined) delete process.env.HF_HUB_CACHE;
    else process.env.HF_HUB_CACHE = cache;
  });

  /** The hub, with one file of these bytes. */
  const hub =
    (bytes = BYTES): typeof fetch =>
    async (input, init) => {
      init?.signal?.throwIfAborted();
      const url = String(input instanceof Request ? input.url : input);
      asked.push(`${init?.method ?? 'GET'} ${new URL(url).pathname}`);
      if (url.includes('paths-info')) {
        const lfs = { oid: digest, size: BYTES.length, pointerSize: 100 };
        const lastCommit = { id: 'c'.repeat(40), title: '', date: new Date().toISOString() };
        return Response.json([
          { path: 'model.bin', type: 'file', oid: 'a'.repeat(40), size: BYTES.length, lfs, lastCommit },
        ]);
      }
      if (!url.endsWith('/resolve/main/model.bin')) {
        return new Response('', { status: 404, headers: { 'X-Error-Code': 'EntryNotFound' } });
      }
      const range = new Headers(init?.headers).get('Range');
      const body = range === 'bytes=0-0' ? bytes.slice(0, 1) : bytes;
      const headers = { ETag: `"${digest}"`, 'Content-Range': `bytes 0-0/${BYTES.length}` };
      return new Response(body, { status: 200, headers: { ...headers, 'Content-Length': String(body.length) } });
    };

  it('is downloaded once, and read from the cache after that', async () => {
    const progress: DownloadProgress[] = [];
    const source = hubSource('someone/model', { fetch: hub(), onDownload: (each) => progress.push(each) });
    await expectFiles(source);
    expect(progress.at(-1)).toMatchObject({ received: 5000, total: 5000 });
    const downloads = () => asked.filter((each) => each.startsWith('GET') && each.endsWith('model.bin')).length;
    const before = downloads();
    await expectFiles(hubSource('someone/model', { fetch: hub() }));
    expect(downloads() - before).toBe(1); // whether it is there, and how large; not the file itself
  });

  it('is refused where a file is not what the hub says, and then is not found in the cache again', async () => {
    const spoilt = BYTES.slice();
    spoilt[17]! ^= 1;
    await expect(hubSource('someone/model', { fetch: hub(spoilt) }).open('model.bin')).rejects.toThrow(
      new RegExp(`a file with the digest ${digest}`),
    );
    await expectFiles(hubSource('someone/model', { fetch: hub() }));
    await expect(hubSource('someone/other', { fetch: hub(BYTES.slice(0, 90)) }).open('model.bin')).rejects.toThrow(
      SequiturError,
    );
  });

  it('says what to check where it cannot be reached, and gives up when told to', async () => {
    const offline: typeof fetch = async () => {
      throw new TypeError('fetch failed');
    };
    await expect(hubSource('someone/model', { fetch: offline }).open('model.bin')).rejects.toThrow(
      /someone\/model, model\.bin.*fetch failed.*Check the name, the connection/s,
    );
    const signal = AbortSignal.abort();
    await expect(hubSource('someone/model', { fetch: hub(), signal }).open('model.bin')).rejects.toThrow(/abort/i);
  });

  it('is what a bare name means, unless a folder of that name is there', async () => {
    expect((await openSource('openai-community/gpt2')).name).toBe('openai-community/gpt2');
    const before = process.cwd();
    process.chdir(join(folder, '..'));
    const { basename } = await import('node:path');
    await expectFiles(await openSource(basename(folder)));
    process.chdir(before);
  });
});
