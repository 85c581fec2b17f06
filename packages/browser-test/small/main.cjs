const { openBackend } = require('@sequitur/core');
const { Gpt } = require('@sequitur/gpt');
const { CharacterTokenizer } = require('@sequitur/text');

async function complete() {
  await openBackend('wasm', { threads: 1, fusedProducts: false });
  const tokenizer = CharacterTokenizer.fromText('ponder, ');
  const config = { vocabularySize: tokenizer.vocabularySize, contextLength: 16, width: 32, depth: 1, heads: 2 };
  const model = Gpt.create(config, { seed: 7, tokenizer });
  let written = '';
  for await (const piece of model.complete('pon', { maxTokens: 8, temperature: 1, seed: 3 })) written += piece;
  return written;
}

complete().then(console.log);
