import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigReader, openCheckpoint, urlSource } from '../src/index.js';

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);
const PAGE = '<!doctype html><html><body>Sign in</body></html>';

let server: Server | undefined;
afterEach(() => server?.closeAllConnections());

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/model`;
}

/** The range that was asked for, [start, end). */
function asked(range: string | undefined): [number, number] | null {
  const found = /bytes=(\d+)-(\d+)/.exec(range ?? '');
  return found ? [Number(found[1]), Number(found[2]) + 1] : null;
}

/** A server of ranges whose answers are changed. */
function ranged(
  change: (start: number, end: number) => { range?: string | null; body?: Uint8Array; status?: number; etag?: string },
) {
  return serve(({ headers }, response) => {
    const range = asked(headers.range);
    if (!range) return response.writeHead(200).end(BYTES);
    const [start, end] = range;
    const {
      range: said = `bytes ${start}-${end - 1}/100`,
      body = BYTES.slice(start, end),
      status = 206,
      etag,
    } = change(start, end);
    response.writeHead(status, { ...(said && { 'Content-Range': said }), ...(etag && { ETag: etag }) }).end(body);
  });
}

const open = async (address: string) => urlSource(address).open('model.bin');
const everything = async (address: string) => {
  const file = (await open(address))!;
  expect(file.size).toBe(100);
  return [...(await file.read(10, 20)), ...(await file.read(0, 100))];
};
const ALL = [...BYTES.slice(10, 20), ...BYTES];

describe('a file that is not there', () => {
  it.each([401, 403, 404, 410])('is absent where the server answers %i, and the message says so', async (status) => {
    const address = await serve((_, response) => response.writeHead(status).end('<html>no</html>'));
    expect(await open(address)).toBeNull();
    await expect(ConfigReader.open(urlSource(address))).rejects.toThrow(
      new RegExp(`expected a config\\.json, got none \\(status ${status}`),
    );
    await expect(openCheckpoint(urlSource(address))).rejects.toThrow(new RegExp(`got none \\(status ${status}`));
  });

  const pages: [string, RequestListener][] = [
    [
      'a page with its type',
      (_, response) => response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(PAGE),
    ],
    ['a page without a type', (_, response) => response.writeHead(200).end(`\n  ${PAGE}`)],
    [
      'a page with a comment before it',
      (_, response) => response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(`<!-- x -->${PAGE}`),
    ],
    [
      'a part of a page',
      ({ headers: { range } }, response) => {
        const [start, end] = asked(range)!;
        const headers = { 'Content-Range': `bytes ${start}-${end - 1}/${PAGE.length}`, 'Content-Type': 'text/html' };
        response.writeHead(206, headers).end(PAGE.slice(start, end));
      },
    ],
    [
      'a part of a page without a type',
      ({ headers: { range } }, response) => {
        const [start, end] = asked(range)!;
        response
          .writeHead(206, { 'Content-Range': `bytes ${start}-${end - 1}/${PAGE.length}` })
          .end(PAGE.slice(start, end));
      },
    ],
    [
      'a redirect to a login',
      ({ url }, response) => {
        if (url !== '/login') return response.writeHead(302, { Location: '/login' }).end();
        response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE);
      },
    ],
  ];
  it.each(pages)('is absent where the server answers with %s', async (_name, answer) => {
    const address = await serve(answer);
    expect(await open(address)).toBeNull();
    await expect(ConfigReader.open(urlSource(address))).rejects.toThrow(/got none \(a page \(status 20[06]/);
  });

  it('is not taken for one where a text begins with <', async () => {
    const address = await serve((_, response) => response.writeHead(200).end('<s>\n<pad>\n'));
    expect((await open(address))!.size).toBe(10);
  });

  it.each([500, 503, 429, 204])('is an error where the server answers %i', async (status) => {
    const address = await serve((_, response) => response.writeHead(status).end());
    await expect(open(address)).rejects.toThrow(new RegExp(`expected a file, got status ${status}`));
  });

  it('is an error of ours where there is no server', async () => {
    const address = await serve((_, response) => response.end());
    server!.close();
    server!.closeAllConnections();
    await expect(open(address)).rejects.toMatchObject({ name: 'SequiturError' });
    await expect(open(address)).rejects.toThrow(/expected an answer, got fetch failed.*Check the address/s);
  });
});

describe('a file whose range', () => {
  it('is as asked is read in parts', async () => {
    expect(await everything(await ranged(() => ({ etag: '"1"' })))).toEqual(ALL);
  });

  it('cannot be read is read whole', async () => {
    expect(await everything(await ranged(() => ({ range: null })))).toEqual(ALL);
  });

  it.each(['bytes 0-0/*', 'bytes 5-5/100', 'bytes 0-9/100', 'items 0-0/100', 'nonsense', 'bytes 0-0/1e2'])(
    'is said to be %s at first is read whole',
    async (range) => {
      expect(
        await everything(await ranged((start, end) => (end - start === 1 && start === 0 ? { range } : {}))),
      ).toEqual(ALL);
    },
  );

  it('is answered by more than was asked is read whole', async () => {
    expect(await everything(await ranged((_, end) => (end === 1 ? { body: BYTES } : {})))).toEqual(ALL);
  });

  it('is ignored from some part on is cut out of the whole', async () => {
    expect(await everything(await ranged((_, end) => (end === 1 ? {} : { status: 200, body: BYTES })))).toEqual(ALL);
  });

  it('cannot be told is refused where the server knows nothing but parts', async () => {
    const address = await serve((_, response) => response.writeHead(206).end(BYTES.slice(0, 1)));
    await expect(open(address)).rejects.toThrow(/expected a file, got status 206/);
  });

  const later: [string, Parameters<typeof ranged>[0], RegExp][] = [
    ['is another one', () => ({ range: 'bytes 20-29/100' }), /expected bytes 10-19\/100, got bytes 20-29\/100/],
    ['is of another file', () => ({ range: 'bytes 10-19/200' }), /expected bytes 10-19\/100, got bytes 10-19\/200/],
    ['is not said', () => ({ range: null }), /got no range that can be read/],
    ['is cut short', () => ({ body: BYTES.slice(10, 15) }), /expected 10 bytes, got 5.*broke off/s],
    ['is too long', () => ({ body: BYTES.slice(10, 30) }), /expected 10 bytes, got 20/],
    ['is of another version', () => ({ etag: '"2"' }), /expected the file that was opened, got another version/],
    [
      'is ignored, and the file is shorter',
      () => ({ status: 200, body: BYTES.slice(0, 50) }),
      /expected 100 bytes, as before, got 50/,
    ],
    ['is refused', () => ({ status: 403 }), /status 403/],
  ];
  it.each(later)('%s later is refused', async (_name, change, says) => {
    const file = (await open(
      await ranged((start, end) => (end === 1 ? { etag: '"1"' } : { etag: '"1"', ...change(start, end) })),
    ))!;
    await expect(file.read(10, 20)).rejects.toThrow(says);
  });

  it('is that of an empty file is read as one', async () => {
    const address = await serve((_, response) => response.writeHead(416, { 'Content-Range': 'bytes */0' }).end());
    expect((await open(address))!.size).toBe(0);
  });

  it('cannot be had, although the file is not empty, is read whole', async () => {
    const answer: RequestListener = ({ headers }, response) =>
      headers.range ? response.writeHead(416, { 'Content-Range': 'bytes */100' }).end() : response.end(BYTES);
    expect(await everything(await serve(answer))).toEqual(ALL);
  });
});

describe('a whole file', () => {
  it('that breaks off is refused', async () => {
    const address = await serve((_, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write(BYTES.slice(0, 40));
      setTimeout(() => response.destroy(), 20);
    });
    await expect(open(address)).rejects.toMatchObject({ name: 'SequiturError' });
  });

  it('of another length than the server says is refused', async () => {
    const get: typeof fetch = async () => new Response(BYTES, { headers: { 'Content-Length': '90' } });
    await expect(urlSource('http://localhost/', { fetch: get }).open('a')).rejects.toThrow(
      /expected 90 bytes, as the server says, got 100/,
    );
    const packed: typeof fetch = async () =>
      new Response(BYTES, { headers: { 'Content-Length': '90', 'Content-Encoding': 'gzip' } });
    expect((await urlSource('http://localhost/', { fetch: packed }).open('a'))!.size).toBe(100);
  });
});
