import type { Inside } from '../../protocol/inside.js';
import type { OpenedModel } from '../models/open-folder.js';
import { CausalStack, disposeState, SequiturError, tokenTensor } from '../packages.js';
import { observed } from '../see/observed.js';
import { spellingAfter } from '../write/alternatives.js';
import { attentionMaps } from './attention-maps.js';
import { blocksOf } from './blocks.js';
import { logitLens } from './lens.js';
import { memoryOf } from './memory.js';
import { residualStream } from './residual.js';
import { stateSpaces } from './state-spaces.js';

/** Tokens that a map has room for. */
export const MOST_TOKENS = 48;

const LOOKED_AT =
  /^(embedding|blocks\.\d+\.(output|mixer\.(weights(\.\d+)?|stepSizes|gates|stateNorms|attention|response)))$/;

/** Reads the end of a text with a model that writes, and keeps what happens within. */
export async function lookIntoCausal(opened: OpenedModel, text: string): Promise<Inside> {
  const { model, tokenizer, family } = opened;
  const all = tokenizer.encode(text, { specialTokens: true });
  const ids = all.slice(-Math.min(MOST_TOKENS, model.contextLength));
  if (ids.length === 0) throw emptyText();
  const found = await read(opened, ids);
  const stack = model instanceof CausalStack ? model : null;
  const blocks = stack ? blocksOf(stack, family) : [];
  const spelling = (place: number) => spellingAfter(tokenizer, ids.slice(0, place));
  const spell = (start: number, end: number) => {
    return ids
      .slice(start, end)
      .map((id, at) => spelling(start + at)(id))
      .join('');
  };
  return {
    family,
    texts: [{ name: 'text', tokens: ids.map((id, place) => spelling(place)(id)) }],
    left: all.length - ids.length,
    blocks,
    maps: attentionMaps(found, [ids.length]),
    stateSpaces: stateSpaces(found, blocks),
    memory: stack && (await memoryOf(stack, ids, blocks, spell)),
    cacheBytesPerToken: stack ? stack.cost(2).stateBytes - stack.cost(1).stateBytes : 0,
    lens: stack && (await logitLens(stack, found, (place) => spelling(place + 1))),
    residual: residualStream(found),
  };
}

async function read({ model }: OpenedModel, ids: readonly number[]) {
  const tokens = tokenTensor([ids], model.vocabularySize);
  const before = model.initState(1);
  const { observe, values } = observed(LOOKED_AT);
  try {
    const { logits, state } = model.step(tokens, before, { observe, logits: 'last' });
    logits.dispose();
    disposeState(state);
  } finally {
    tokens.dispose();
    disposeState(before);
  }
  return values();
}

export function emptyText(): SequiturError {
  return new SequiturError({
    where: 'looking inside',
    expected: 'a text of at least one token',
    got: 'none',
    fix: 'Write a few words',
  });
}
