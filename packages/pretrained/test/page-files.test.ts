import { describe, expect, it } from 'vitest';
import * as onNode from '../src/files/on-node.js';
import * as onPage from '../src/files/on-page.js';

const BYTES = Uint8Array.from({ length: 100 }, (_, index) => index);

/** A hub that answers ranges of one file, private unless asked with a token; keeps what it was asked. */
function hub(token?: string): { fetch: typeof fetch; asked: string[] } {
  const asked: string[] = [];
  const answer: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    asked.push(`${input} ${headers.get('Range')}`);
    if (token && headers.get('Authorization') !== `Bearer ${token}`) return new Response(null, { status: 401 });
    if (!String(input).endsWith('/model.bin')) return new Response(null, { status: 404 });
    const [, start, end] = /bytes=(\d+)-(\d+)/.exec(headers.get('Range')!)!.map(Number) as [number, number, number];
    const range = { 'Content-Range': `bytes ${start}-${end}/${BYTES.length}` };
    return new Response(BYTES.slice(start, end + 1), { status: 206, headers: range });
  };
  return { fetch: answer, asked };
}

const repository = { repository: 'someone/model', revision: 'pull/1', hubUrl: 'https://hub.test' };

describe('files as a page reads them', () => {
  it('has all that Node has', () => {
    const here: typeof onPage = onNode;
    expect(Object.keys(onPage).sort()).toEqual(Object.keys(here).sort());
  });

  it('reads parts of a file of a repository', async () => {
    const { fetch, asked } = hub();
    const source = onPage.repositorySource({ ...repository, accessToken: undefined, fetch });
    const file = await source.open('model.bin');
    expect(file!.size).toBe(100);
    expect([...(await file!.read(7, 10))]).toEqual([7, 8, 9]);
    expect(asked).toEqual([
      'https://hub.test/someone/model/resolve/pull%2F1/model.bin bytes=0-0',
      'https://hub.test/someone/model/resolve/pull%2F1/model.bin bytes=7-9',
    ]);
    expect(await source.open('other.bin')).toBe(null);
  });

  it('reads a private repository with a token, and says what is missing without one', async () => {
    const { fetch } = hub('secret');
    const open = (accessToken?: string) =>
      onPage.repositorySource({ ...repository, accessToken, fetch }).open('model.bin');
    expect((await open('secret'))!.size).toBe(100);
    await expect(open()).rejects.toThrow(/401.*access token/s);
  });

  it('refuses folders by name', async () => {
    await expect(onPage.folderSource('./model').open('config.json')).rejects.toThrow(
      /\.\/model: expected an address.*got a folder, which no page can reach/s,
    );
    await expect(onPage.folderSink('./model').write('x', [])).rejects.toThrow(/which no page can reach/);
    await expect(onPage.fileUrlSource(new URL('file:///model')).open('x')).rejects.toThrow(/file:\/\/\/model/);
    expect(await onPage.isFolder('packages')).toBe(false);
  });
});
