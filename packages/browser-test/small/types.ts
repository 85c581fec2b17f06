import { causal, type Pattern } from '@sequitur/attention';
import { Bert } from '@sequitur/bert';
import { type Backend, openBackend } from '@sequitur/core';
import { generate } from '@sequitur/generation';
import { Gpt } from '@sequitur/gpt';
import * as mamba from '@sequitur/mamba';
import { type FileSource, folderSource } from '@sequitur/pretrained';
import { lstm } from '@sequitur/recurrent';
import * as ssm from '@sequitur/ssm';
import { CharacterTokenizer } from '@sequitur/text';
import { mobyDick } from '@sequitur/text/books';
import { adamW, train } from '@sequitur/train';
import * as transformer from '@sequitur/transformer';

const backend: Backend = await openBackend();
const tokenizer = CharacterTokenizer.fromText(await mobyDick());
const config = { vocabularySize: tokenizer.vocabularySize, contextLength: 16, width: 32, depth: 1, heads: 2 };
const model: Gpt = Gpt.create(config, { seed: 1, tokenizer });
const pattern: Pattern = causal();
const source: FileSource = folderSource('.');
for await (const [token] of generate(model, [[1]], { maxTokens: 2 }))
  console.log(token satisfies number | null | undefined);

export { adamW, Bert, backend, lstm, mamba, pattern, source, ssm, train, transformer };
