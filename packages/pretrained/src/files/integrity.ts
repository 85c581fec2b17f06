import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { SequiturError } from '@sequitur/core';

/**
 * Checks a file that was just downloaded (Node) against the digest that the hub knows it by, which is its name in the
 * cache: SHA-256 of large files, and of others that of git, SHA-1 with a header before it. A file that does not fit is
 * removed, so that it is not found again.
 */
export async function checkDigest(cached: string): Promise<void> {
  const blob = await realpath(cached);
  const expected = basename(blob);
  if (!/^([0-9a-f]{64}|[0-9a-f]{40})$/.test(expected)) return;
  const hash = createHash(expected.length === 64 ? 'sha256' : 'sha1');
  if (expected.length === 40) hash.update(`blob ${(await stat(blob)).size}\0`);
  for await (const chunk of createReadStream(blob)) hash.update(chunk as Uint8Array);
  const found = hash.digest('hex');
  if (found === expected) return;
  await rm(cached, { force: true });
  await rm(blob, { force: true });
  throw new SequiturError({
    where: cached,
    expected: `a file with the digest ${expected}`,
    got: found,
    fix: 'The transfer went wrong: load it again',
  });
}
