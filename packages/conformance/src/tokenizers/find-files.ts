import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The paths of a folder's files, at any depth, by the sha256 of their content. */
const hashed = new Map<string, Promise<ReadonlyMap<string, string>>>();

/** Path of the file with this content below one of the folders, or null; each folder is read once. */
export async function findBySha256(sha256: string, folders: readonly string[]): Promise<Uint8Array | null> {
  for (const folder of folders) {
    let paths = hashed.get(folder);
    if (!paths) {
      paths = hashFiles(folder);
      hashed.set(folder, paths);
    }
    const path = (await paths).get(sha256);
    if (path) return readFile(path);
  }
  return null;
}

async function hashFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    // Vocabularies are small files of these types; weights are not read.
    if (!entry.isFile() || !/\.(txt|json|bpe|model|spm|vocab)$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
      path,
    );
  }
  return found;
}
