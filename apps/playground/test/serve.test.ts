import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HEADERS } from '../scripts/policy.js';
import { serveFolder } from '../scripts/static-server.mjs';

const script = fileURLToPath(new URL('../scripts/serve.mjs', import.meta.url));

describe('serving the site', () => {
  let parent: string;
  let address: string;
  let server: Server;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'sequitur-serve-'));
    const site = join(parent, 'site');
    await mkdir(join(site, 'assets'), { recursive: true });
    await mkdir(join(parent, 'site-of-another'));
    const lines = Object.entries(HEADERS).map(([name, value]) => `  ${name}: ${value}`);
    await Promise.all([
      writeFile(join(site, '_headers'), `/*\n${lines.join('\n')}\n`),
      writeFile(join(site, 'index.html'), '<!doctype html>'),
      writeFile(join(site, 'assets/a b.js'), 'export {};'),
      writeFile(join(site, 'assets/threads.wasm'), new Uint8Array(8)),
      writeFile(join(site, 'weights.safetensors'), 'x'),
      writeFile(join(parent, 'secret.txt'), 'secret'),
      writeFile(join(parent, 'site-of-another/secret.txt'), 'secret'),
    ]);
    ({ address, server } = await serveFolder(site));
  });
  afterAll(async () => {
    server.close();
    await rm(parent, { recursive: true });
  });

  /** A path as it stands: `fetch` would take the dots out before it asks. */
  function ask(path: string, method = 'GET'): Promise<{ status: number; headers: object; body: string }> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(address);
      request({ hostname, port, path, method }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (part) => {
          body += part;
        });
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      })
        .on('error', reject)
        .end();
    });
  }

  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/index.html?v=1', 'text/html; charset=utf-8'],
    ['/assets/a%20b.js', 'text/javascript; charset=utf-8'],
    ['/assets/threads.wasm', 'application/wasm'],
    ['/weights.safetensors', 'application/octet-stream'],
  ])('gives %s its type and the headers of an isolated page', async (path, type) => {
    const { status, headers } = await ask(path);
    expect(status).toBe(200);
    const sent = Object.fromEntries(Object.entries(HEADERS).map(([name, value]) => [name.toLowerCase(), value]));
    expect(headers).toMatchObject({ 'content-type': type, ...sent });
    expect(sent['cross-origin-opener-policy']).toBe('same-origin');
    expect(sent['cross-origin-embedder-policy']).toBe('require-corp');
    expect(sent['content-security-policy']).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
  });

  it.each(['/nothing.js', '/assets', '/assets/', '/index.html/more'])(
    'does not find %s, with the same headers',
    async (path) => {
      const { status, headers } = await ask(path);
      expect(status).toBe(404);
      expect(headers).toHaveProperty('content-security-policy');
    },
  );

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/../site-of-another/secret.txt',
    '/%E0%A4%A',
    '/index.html%00',
    '//%2e%2e//secret.txt',
    '*',
  ])('gives nothing from outside to %s, and lives on', async (path) => {
    const { status, body } = await ask(path);
    expect([400, 404]).toContain(status);
    expect(body).not.toContain('secret');
    expect((await ask('/')).status).toBe(200);
  });

  it('shrinks what shrinks for who can read it', async () => {
    const shrunk = await fetch(`${address}index.html`, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(shrunk.headers.get('Content-Encoding')).toBe('gzip');
    expect(await shrunk.text()).toBe('<!doctype html>');
    expect((await ask('/index.html')).headers).toMatchObject({ 'content-length': '15' });
    const weights = await fetch(`${address}weights.safetensors`, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(weights.headers.get('Content-Encoding')).toBeNull();
  });

  it('answers HEAD without a body, and refuses to be written to', async () => {
    expect(await ask('/index.html', 'HEAD')).toMatchObject({ status: 200, body: '' });
    expect((await ask('/index.html', 'PUT')).status).toBe(405);
  });

  const run = (...options: string[]) =>
    new Promise<{ code: number | null; said: string }>((resolve) => {
      const child = spawn(process.execPath, [script, ...options], { timeout: 30_000 });
      let said = '';
      child.stderr.on('data', (part) => {
        said += part;
      });
      child.on('exit', (code) => resolve({ code, said }));
    });

  it('says in one line which port is in use, before it builds anything', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, 'localhost', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, said } = await run('--port', String(port));
    other.close();
    expect(code).toBe(1);
    expect(said).toBe(`Port ${port} is in use: end what uses it, or take another with --port ${port + 1}\n`);
  });

  it('refuses a port that is none', async () => {
    expect(await run('--port', 'eighty')).toEqual({
      code: 1,
      said: "--port: expected a number from 0 to 65535, got 'eighty'\n",
    });
  });
});
