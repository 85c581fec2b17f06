import type { Family } from '../../architectures/index.js';
import { familyOf } from '../../architectures/index.js';
import {
  type CausalModel,
  type FileSource,
  Gpt,
  LanguageModel,
  Mamba,
  Mamba2,
  type Module,
  readJsonObject,
  SequiturError,
  type Tokenizer,
} from '../packages.js';
import { parts } from '../train/parts.js';
import { idTokenizer } from './id-tokenizer.js';

/** A model that is open: the caller disposes it. */
export interface OpenedModel {
  readonly model: CausalModel & Module & { readonly tokenizer: Tokenizer | null };
  readonly tokenizer: Tokenizer;
  readonly family: Family;
  /** Tokens that end a text. */
  readonly endTokens: readonly number[];
}

/** Opens a folder by the `model_type` of its config.json. */
export async function openFolder(source: FileSource): Promise<OpenedModel> {
  const type = await modelType(source);
  if (type === 'sequitur-language-model') return composed(await LanguageModel.fromPretrained(source, { parts }));
  if (has(Mamba, type)) return withTokenizer(await Mamba.fromPretrained(source), 'state');
  if (has(Mamba2, type)) return withTokenizer(await Mamba2.fromPretrained(source), 'state');
  if (has(Gpt, type)) {
    const model = await Gpt.fromPretrained(source);
    return { ...withTokenizer(model, 'dense'), endTokens: model.endTokens };
  }
  const known = [Mamba, Mamba2, Gpt].flatMap(({ families }) => families.map(({ modelType }) => modelType));
  throw new SequiturError({
    where: 'config.json, model_type',
    expected: `a causal model: one of sequitur-language-model, ${known.join(', ')}`,
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
  return { model, tokenizer: model.tokenizer ?? idTokenizer(model.vocabularySize), family, endTokens: [] };
}

function has({ families }: { readonly families: readonly { readonly modelType: string }[] }, type: unknown): boolean {
  return families.some(({ modelType }) => modelType === type);
}

/** What config.json says that it is. */
export async function modelType(source: FileSource): Promise<unknown> {
  const config = await readJsonObject(source, 'config.json');
  if (config) return config.model_type;
  throw new SequiturError({
    where: source.name,
    expected: 'a Hugging Face folder with its config.json',
    got: 'no such file',
    fix: 'Drop the whole folder, or a zip of it',
  });
}
