import { initialize, openBackend } from '@sequitur/core';
import { TokenSettings, tokenizerOfJson } from '@sequitur/text';
import { softmax } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { GptClassifier, llamaFamily } from '../src/index.js';

it('a classifier reads the special tokens that its tokenizer puts around a text', async () => {
  await openBackend('cpu');
  const tokens = ['<unk>', '<s>', '</s>', 'a', 'b'];
  const tokenizer = tokenizerOfJson(
    {
      added_tokens: tokens.slice(0, 3).map((content, id) => ({ id, content, special: true })),
      post_processor: null,
      model: { type: 'BPE', vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges: [] },
    },
    new TokenSettings({ bos_token: '<s>', eos_token: '</s>', add_bos_token: true }),
  );
  const config = { vocabularySize: 5, contextLength: 8, width: 8, depth: 1, heads: 2, hiddenWidth: 16 };
  const model = initialize(new GptClassifier(config as never, { family: llamaFamily as never, tokenizer }), 2);
  const scores = model.scores([[1, 3, 4]]);
  const wanted = Array.from(await softmax(scores).data());
  const [labels] = await model.classify(['ab']);
  const found = ['LABEL_0', 'LABEL_1'].map((name) => labels!.find(({ label }) => label === name)!.score);
  expect(found).toEqual(wanted);
  const bare = model.scores([[3, 4]]);
  expect(Array.from(await bare.data())).not.toEqual(Array.from(await scores.data()));
});
