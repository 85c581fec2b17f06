import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { createGzip } from 'node:zlib';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** What shrinks on the way; weights do not. */
const COMPRESSED = /^text\/|javascript|json|wasm|svg/;

/**
 * Serves a folder, with the headers of its `_headers` file, like static hosts.
 *
 * @param {string} folder
 * @param {{ port?: number, host?: string, headers?: Readonly<Record<string, string>> }} [options] port 0 selects a free
 * one; other headers than those of `_headers`: none plays a host that cannot set them
 */
export async function serveFolder(folder, { port = 0, host = 'localhost', headers } = {}) {
  const sent = headers ?? (await headersOf(folder));
  const server = createServer((request, response) => void answer(folder, sent, request, response));
  await listen(server, port, host);
  const { port: taken } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { address: `http://${host === '0.0.0.0' ? 'localhost' : host}:${taken}/`, server };
}

/**
 * @param {string} folder
 * @param {Readonly<Record<string, string>>} headers
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(folder, headers, { method = 'GET', url = '/', headers: asked }, response) {
  const accepted = String(asked['accept-encoding'] ?? '');
  const refuse = (/** @type {number} */ status, /** @type {string} */ words) =>
    void response.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' }).end(words);
  if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'Only GET and HEAD');
  const file = fileAt(folder, url);
  if (file === null) return refuse(400, 'No path of this site');
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return refuse(404, 'Not found');
  const type = TYPES[/** @type {keyof typeof TYPES} */ (extname(file))] ?? 'application/octet-stream';
  const isShrunk = COMPRESSED.test(type) && /\bgzip\b/.test(accepted);
  const form = isShrunk ? { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' } : { 'Content-Length': found.size };
  response.writeHead(200, { ...headers, 'Content-Type': type, ...form });
  if (method === 'HEAD') return void response.end();
  const bytes = createReadStream(file).on('error', () => response.destroy());
  if (isShrunk) bytes.pipe(createGzip()).pipe(response);
  else bytes.pipe(response);
}

/** The file that an address names; null if it is malformed or outside the folder. */
function fileAt(/** @type {string} */ folder, /** @type {string} */ url) {
  try {
    const path = decodeURIComponent(/^[^?#]*/.exec(url)?.[0] ?? '');
    if (!path.startsWith('/') || path.includes('\0') || path.includes('\\')) return null;
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    return file.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? file : null;
  } catch {
    return null;
  }
}

/** @returns {Promise<void>} when the port is taken; rejects in words where it cannot be */
export function listen(
  /** @type {import('node:net').Server} */ server,
  /** @type {number} */ port,
  /** @type {string} */ host,
) {
  return new Promise((resolve, reject) => {
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => reject(new Error(inWords(error, port, host))));
    server.listen(port, host, () => resolve(undefined));
  });
}

/** @param {NodeJS.ErrnoException} error */
function inWords({ code, message }, /** @type {number} */ port, /** @type {string} */ host) {
  if (code === 'EADDRINUSE') return `Port ${port} is in use: end what uses it, or take another with --port ${port + 1}`;
  if (code === 'EACCES') return `Port ${port} may not be taken by this user: take one above 1023, as --port 5173`;
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL') return `This machine has no address ${host}: leave --host out`;
  return message;
}

/** The lines below `/*` of a `_headers` file. */
async function headersOf(/** @type {string} */ folder) {
  const text = await readFile(join(folder, '_headers'), 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line.startsWith('  '));
  return Object.fromEntries(
    lines.map((line) => [line.slice(2, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
}
