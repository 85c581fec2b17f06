import { architectureOf } from '../../architectures/index.js';
import type { ModelSpec } from '../../protocol/recipe.js';
import {
  attention,
  gatedDeltaNet,
  gru,
  infiniAttention,
  kimiDelta,
  LanguageModel,
  linearAttention,
  lstm,
  mamba,
  mamba2,
  mamba3,
  mesa,
  minGru,
  mlstm,
  type PartFactory,
  rgLru,
  rwkv7,
  s4d,
  type Tokenizer,
  transformerXlAttention,
} from '../packages.js';

/** The part that builds a block, for each kind in the list of architectures. */
export const parts: readonly PartFactory<never>[] = [
  attention,
  linearAttention,
  infiniAttention,
  transformerXlAttention,
  mamba,
  mamba2,
  gatedDeltaNet,
  kimiDelta,
  rwkv7,
  mlstm,
  mamba3,
  mesa,
  rgLru,
  s4d,
  lstm,
  gru,
  minGru,
];

/** The configuration of a composed column. */
export function configOf({ width, blocks }: ModelSpec, vocabularySize: number) {
  return {
    vocabularySize,
    width,
    blocks: blocks.map(({ kind, settings }) =>
      partOf(kind)(architectureOf(kind).options(settings, { width }) as never),
    ),
  };
}

/** A model without values: to be counted. */
export function modelOf(spec: ModelSpec, vocabularySize: number, tokenizer: Tokenizer | null = null): LanguageModel {
  return new LanguageModel(configOf(spec, vocabularySize), { tokenizer });
}

function partOf(kind: string): PartFactory<never> {
  const found = parts.find((part) => part.kind === kind);
  if (found) return found;
  throw new Error(`The worker has no part '${kind}'`);
}
