import { unzipSync } from 'fflate';
import type { GivenFile } from '../../protocol/models.js';
import { SequiturError } from '../packages.js';

/** A zip may not grow beyond this: it would take all memory before anybody could look at it. */
const MOST_BYTES = 2 ** 31;

/** The files of a folder by their names without folders, whether they came alone or in a zip. */
export async function unpacked(files: readonly GivenFile[]): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for (const { name, content } of files) {
    const bytes = new Uint8Array(await content.arrayBuffer());
    const entries = name.endsWith('.zip') ? Object.entries(unzipped(bytes, name)) : [[name, bytes] as const];
    for (const [path, file] of entries) if (!path.endsWith('/')) found.set(path.split('/').at(-1)!, file);
  }
  return found;
}

function unzipped(bytes: Uint8Array, name: string): Record<string, Uint8Array> {
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ originalSize }) => {
        total += originalSize;
        if (total > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes`);
        return true;
      },
    });
  } catch (error) {
    throw new SequiturError({
      where: name,
      expected: 'a zip of a Hugging Face folder',
      got: (error as Error).message,
      fix: 'Save it anew, or drop the files of the folder themselves',
    });
  }
}

/** The folder or zip that the files came from. */
export function nameOf(files: readonly GivenFile[]): string {
  const [first] = files;
  const [folder = 'A folder', ...below] = (first?.name ?? '').split('/');
  return below.length || folder.endsWith('.zip') ? folder.replace(/\.zip$/, '') : 'A folder';
}
