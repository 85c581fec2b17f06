import {
  type CheckpointLocation,
  ConfigReader,
  type FileSink,
  type GenerateOptions,
  generate,
  type HubOptions,
  initialize,
  type LoadProgress,
  loadWeights,
  openCheckpoint,
  openSink,
  openSource,
  type SaveOptions,
  SequiturError,
  saveWeights,
  writeJson,
} from '@sequitur/core';
import { openTokenizer, saveTokenizer, type Tokenizer } from '@sequitur/text';
import { LanguageModel } from '@sequitur/transformer';
import type { Gpt2Config } from './gpt2/config.js';
import { gpt2IgnoredTensors, gpt2Rules, readGpt2Config, writeGpt2Config } from './gpt2/hugging-face.js';
import { gpt2Parts } from './gpt2/model.js';

export interface LoadGptOptions extends HubOptions {
  readonly onProgress?: (progress: LoadProgress) => void;
}

export interface CompleteOptions extends Omit<GenerateOptions, 'endTokens'> {
  /** Tokens that end the text; default the model's own. */
  readonly endTokens?: readonly number[];
}

/** A GPT: a language model with its configuration, and its tokenizer where it has one. */
export class Gpt extends LanguageModel {
  readonly config: Gpt2Config;
  readonly tokenizer: Tokenizer | null;

  /** A model without values: `create` draws them, `fromPretrained` loads them. */
  constructor(config: Gpt2Config, tokenizer: Tokenizer | null = null) {
    super(gpt2Parts(config));
    this.config = config;
    this.tokenizer = tokenizer;
  }

  /** A model with drawn values, to be trained. The caller disposes it. */
  static create(
    config: Gpt2Config,
    { seed = 0, tokenizer = null }: { seed?: number | string; tokenizer?: Tokenizer | null } = {},
  ): Gpt {
    return initialize(new Gpt(config, tokenizer), seed);
  }

  /**
   * Loads a GPT-2 from a folder, an address, files dropped on a page, or a Hugging Face repository. The caller disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the configuration holds what this model does not know
   */
  static async fromPretrained(location: CheckpointLocation, options: LoadGptOptions = {}): Promise<Gpt> {
    const source = await openSource(location, options);
    const config = readGpt2Config(await ConfigReader.open(source));
    const model = new Gpt(config, await openTokenizer(source));
    const checkpoint = await openCheckpoint(source);
    try {
      // The class without a head stores no prefix; so does the repository of the original GPT-2.
      const prefix = checkpoint.tensors.has('wte.weight') ? '' : 'transformer.';
      const ignore = gpt2IgnoredTensors(prefix, config.tied ?? true);
      await loadWeights(model, checkpoint, gpt2Rules(prefix), { ...options, ignore });
    } catch (error) {
      model.dispose();
      throw error;
    } finally {
      await checkpoint.close();
    }
    return model;
  }

  /** Saves a folder (or files) that Python's `GPT2LMHeadModel.from_pretrained` reads, tokenizer included. */
  async savePretrained(location: string | FileSink, options: SaveOptions = {}): Promise<void> {
    const sink = openSink(location);
    await saveWeights(this, sink, gpt2Rules('transformer.'), options);
    if (this.tokenizer) await saveTokenizer(this.tokenizer, sink);
    await writeJson(sink, 'config.json', writeGpt2Config(this.config));
  }

  /** Goes on writing after `prompt`, piece by piece. */
  async *complete(prompt: string, options: CompleteOptions = {}): AsyncGenerator<string> {
    const tokenizer = this.tokenizer ?? missingTokenizer();
    const { startToken, endToken } = this.config;
    const { endTokens = endToken === undefined ? [] : [endToken] } = options;
    const encoded = tokenizer.encode(prompt);
    const start = encoded.length === 0 && startToken !== undefined ? [startToken] : encoded;
    const written: number[] = [];
    let shown = '';
    for await (const [token] of generate(this, [start], { ...options, endTokens })) {
      if (token === null || token === undefined || endTokens.includes(token)) return;
      written.push(token);
      const text = tokenizer.decode(written);
      // A character may be spread over several tokens: it is shown when it is whole.
      if (text.endsWith('\ufffd')) continue;
      yield text.slice(shown.length);
      shown = text;
    }
  }
}

function missingTokenizer(): never {
  throw new SequiturError({
    where: 'Gpt.complete',
    expected: 'a model with a tokenizer',
    got: 'one without',
    fix: 'Put tokenizer.json into its folder, or call generate with token ids',
  });
}
