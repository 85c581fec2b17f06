import { core, gpt, text } from './node_modules/@sequitur/page/dist/sequitur.js';

async function complete() {
  await core.openBackend('wasm', { threads: 1, fusedProducts: false });
  const tokenizer = text.CharacterTokenizer.fromText('ponder, ');
  const config = { vocabularySize: tokenizer.vocabularySize, contextLength: 16, width: 32, depth: 1, heads: 2 };
  const model = gpt.Gpt.create(config, { seed: 7, tokenizer });
  let written = '';
  for await (const piece of model.complete('pon', { maxTokens: 8, temperature: 1, seed: 3 })) written += piece;
  return written;
}

complete().then(postMessage, (error) => postMessage(`failed: ${error.stack ?? error}`));
