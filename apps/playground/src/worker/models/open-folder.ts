import type { Family } from '../../architectures/index.js';
import { familyOf } from '../../architectures/index.js';
import {
  type CausalModel,
  type FileSource,
  Gpt,
  gptFamilies,
  LanguageModel,
  Mamba,
  Mamba2,
  type Module,
  readText,
  SequiturError,
  type Tokenizer,
} from '../packages.js';
import { parts } from '../train/parts.js';

/** A model that is open: the caller disposes it. */
export interface OpenedModel {
  readonly model: CausalModel & Module;
  readonly tokenizer: Tokenizer;
  readonly family: Family;
  /** Tokens that end a text. */
  readonly endTokens: readonly number[];
}

/** Opens a folder by the `model_type` of its config.json. */
export async function openFolder(source: FileSource): Promise<OpenedModel> {
  const type = await modelType(source);
  if (type === 'sequitur-language-model') return composed(await LanguageModel.fromPretrained(source, { parts }));
  if (type === 'mamba') return withTokenizer(await Mamba.fromPretrained(source), 'state');
  if (type === 'mamba2') return withTokenizer(await Mamba2.fromPretrained(source), 'state');
  if (gptFamilies.some((family) => family.modelType === type)) {
    const model = await Gpt.fromPretrained(source);
    return { ...withTokenizer(model, 'dense'), endTokens: model.endTokens };
  }
  const known = ['sequitur-language-model', 'mamba', 'mamba2', ...gptFamilies.map((family) => family.modelType)];
  throw new SequiturError({
    where: 'config.json, model_type',
    expected: `a causal model: one of ${known.join(', ')}`,
    got: String(type),
    fix: 'Encoders and translators are opened in the room Read',
  });
}

export function composed(model: LanguageModel): OpenedModel {
  const blocks = model.config.blocks.map(({ kind, options }) => ({ kind, settings: settingsOf(options) }));
  return withTokenizer(model, familyOf({ blocks }));
}

/** A pattern is all that a family depends on. */
function settingsOf(options: object): Readonly<Record<string, string>> {
  const { pattern } = options as { readonly pattern?: object };
  return pattern ? { pattern: 'designed', design: JSON.stringify(pattern) } : {};
}

type Opened = CausalModel & Module & { readonly tokenizer: Tokenizer | null };

function withTokenizer(model: Opened, family: Family): OpenedModel {
  const { tokenizer } = model;
  if (tokenizer) return { model, tokenizer, family, endTokens: [] };
  model.dispose();
  throw new SequiturError({
    where: 'the folder',
    expected: 'a tokenizer: tokenizer.json, vocab.json with merges.txt, or a SentencePiece model',
    got: 'none',
    fix: 'Drop the tokenizer’s files together with the model’s',
  });
}

async function modelType(source: FileSource): Promise<unknown> {
  const file = await source.open('config.json');
  if (!file) {
    throw new SequiturError({
      where: source.name,
      expected: 'a Hugging Face folder with its config.json',
      got: 'no such file',
      fix: 'Drop the whole folder, or a zip of it',
    });
  }
  const text = await readText(file);
  try {
    return (JSON.parse(text) as { model_type?: unknown } | null)?.model_type;
  } catch {
    throw new SequiturError({ where: 'config.json', expected: 'JSON', got: text.slice(0, 40) });
  }
}
