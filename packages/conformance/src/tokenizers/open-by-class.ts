import type { FileSource } from '@sequitur/pretrained';
import { openTokenizer, type Tokenizer } from '@sequitur/text';
import { findBySha256 } from './find-files.js';
import type { TokenizerCases } from './tokenizer-cases.js';

/** Standard file names of vocabularies; the cases may have other names. */
const STANDARD_NAMES: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\.model$/, 'spiece.model'],
  [/\.bpe$/, 'merges.txt'],
  [/^encoder\.json$/, 'vocab.json'],
];

/** The tokenizer of the cases' files as if they were a model's folder, or the names of the missing files. */
export async function openByClass(cases: TokenizerCases, folders: readonly string[]): Promise<Tokenizer | string[]> {
  const files = new Map<string, Uint8Array>();
  const missing: string[] = [];
  for (const [name, sha256] of Object.entries(cases.files_sha256)) {
    const bytes = await findBySha256(sha256, folders);
    if (bytes) files.set(STANDARD_NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? name, bytes);
    else missing.push(`${name} (sha256 ${sha256.slice(0, 12)}…)`);
  }
  if (missing.length) return missing;
  const settings = { ...cases.init, tokenizer_class: cases.tokenizer_class };
  files.set('tokenizer_config.json', new TextEncoder().encode(JSON.stringify(settings)));
  const tokenizer = await openTokenizer(memorySource(files));
  if (tokenizer) return tokenizer;
  throw new Error(`no reader for ${cases.tokenizer_class} of ${[...files.keys()].join(', ')}`);
}

function memorySource(files: ReadonlyMap<string, Uint8Array>): FileSource {
  return {
    name: 'vocabulary files',
    open: async (name) => {
      const bytes = files.get(name);
      return bytes ? { name, size: bytes.length, read: async (start, end) => bytes.subarray(start, end) } : null;
    },
  };
}
