import type { SeeCommands } from '../../protocol/see.js';
import { type Handlers, handingOver } from '../../protocol/server.js';
import type { OpenedModel } from '../models/open-folder.js';
import type { Shelf } from '../models/shelf.js';
import { disposeState, hostSoftmax, SequiturError, tokenTensor } from '../packages.js';
import { spellingAfter } from '../write/alternatives.js';
import { observed } from './observed.js';

/** Columns that a page has room for. */
const MOST_TOKENS = 12;
/** Numbers of a vector that are drawn. */
const DRAWN = 16;
const NEXT = 6;

/** What the room See can ask. */
export function seeCommands(shelf: Shelf): Handlers<SeeCommands> {
  return {
    'see.read': async ({ ref, text }) => {
      const opened = await shelf.open(ref);
      const ids = opened.tokenizer.encode(text, { specialTokens: true }).slice(0, MOST_TOKENS);
      if (ids.length === 0) throw empty();
      const seen = await readWith(opened, ids);
      return handingOver(seen, [seen.weights.buffer as ArrayBuffer]);
    },
  };
}

async function readWith({ model, tokenizer }: OpenedModel, ids: readonly number[]) {
  const tokens = tokenTensor([ids], model.vocabularySize);
  const before = model.initState(1);
  const { observe, values } = observed(/^embedding$|^blocks\.\d+\.(mixer\.weights|output)$/);
  const { logits, state } = model.step(tokens, before, { observe });
  const scores = (await logits.data()) as Float32Array;
  const found = await values();
  logits.dispose();
  tokens.dispose();
  disposeState(state);
  disposeState(before);
  const maps = [...found].filter(([name]) => name.endsWith('weights'));
  if (maps.length === 0) throw noAttention();
  const outputs = [...found].filter(([name]) => name.endsWith('output'));
  const [, heads] = maps[0]![1].shape;
  const weights = new Float32Array(maps.length * heads! * ids.length ** 2);
  for (const [layer, [, map]] of maps.entries()) weights.set(map.values, layer * map.values.length);
  const embedding = found.get('embedding')!;
  return {
    tokens: ids.map((id, place) => ({ id, text: spellingAfter(tokenizer, ids.slice(0, place))(id) })),
    ...{
      layers: maps.length,
      heads: heads!,
      width: embedding.shape[2]!,
      vocabularySize: model.vocabularySize,
      weights,
    },
    entering: rowsOf(embedding),
    leaving: rowsOf(outputs.at(-1)![1]),
    next: ids.map((_, place) => {
      const own = scores.slice(place * model.vocabularySize, (place + 1) * model.vocabularySize);
      return likeliest(own, spellingAfter(tokenizer, ids.slice(0, place + 1)));
    }),
  };
}

/** [1, length, width] -> the first numbers of each row. */
function rowsOf({ values, shape: [, length, width] }: { values: Float32Array; shape: readonly number[] }): number[][] {
  return Array.from({ length: length! }, (_, row) => Array.from(values.slice(row * width!, row * width! + DRAWN)));
}

function likeliest(scores: Float32Array, spell: (id: number) => string) {
  const shares = hostSoftmax(scores);
  const order = [...shares.keys()].sort((a, b) => shares[b]! - shares[a]!).slice(0, NEXT);
  return order.map((id) => ({ text: spell(id), probability: shares[id]! }));
}

function empty(): SequiturError {
  return new SequiturError({ where: 'the sentence', expected: 'some words', got: 'none', fix: 'Write a few' });
}

function noAttention(): SequiturError {
  return new SequiturError({
    where: 'looking at a sentence',
    expected: 'a model with attention',
    got: 'none of its blocks looks back by weights',
    fix: 'Choose a GPT',
  });
}
