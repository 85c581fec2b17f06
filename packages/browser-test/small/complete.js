import { openBackend } from '@sequitur/core';
import { Gpt } from '@sequitur/gpt';
import { CharacterTokenizer } from '@sequitur/text';

/** What a tiny model writes on wasm, wherever this runs: the same everywhere. */
export async function complete() {
  const backend = await openBackend('wasm', { threads: 1, fusedProducts: false });
  const tokenizer = CharacterTokenizer.fromText('ponder, ');
  const config = { vocabularySize: tokenizer.vocabularySize, contextLength: 16, width: 32, depth: 1, heads: 2 };
  const model = Gpt.create(config, { seed: 7, tokenizer });
  let written = '';
  for await (const piece of model.complete('pon', { maxTokens: 8, temperature: 1, seed: 3 })) written += piece;
  backend.close();
  return written;
}
