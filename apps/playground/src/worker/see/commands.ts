import type { SeeCommands, Seen } from '../../protocol/see.js';
import { type Handlers, handingOver } from '../../protocol/server.js';
import type { OpenedModel } from '../models/open-folder.js';
import type { Shelf } from '../models/shelf.js';
import { CausalStack, disposeState, hostSoftmax, SequiturError, tokenTensor } from '../packages.js';
import { spellingAfter } from '../write/alternatives.js';
import { headOf } from './head.js';
import { type Observed, observed } from './observed.js';
import { turnsOf } from './turns.js';
import { drawnRows } from './vectors.js';

/** Columns that a page has room for. */
const MOST_TOKENS = 12;
const NEXT = 6;
const LOOKED_AT = /^embedding$|^blocks\.\d+\.(mixer\.(query|key|value|weights)|feedForward\.hidden|output)$/;

/** What the room See can ask. */
export function seeCommands(shelf: Shelf): Handlers<SeeCommands> {
  return {
    'see.read': async ({ ref, text }) => {
      const opened = await shelf.open(ref);
      const seen = await readWith(opened, idsOf(opened, text));
      return handingOver(seen, [(seen.weights as Float32Array).buffer as ArrayBuffer]);
    },
    'see.head': async ({ ref, text, layer, head }) => {
      const opened = await shelf.open(ref);
      const { found } = await forward(opened, idsOf(opened, text));
      return headOf(stackOf(opened), found, { layer, head });
    },
  };
}

function idsOf({ tokenizer }: OpenedModel, text: string): number[] {
  const ids = tokenizer.encode(text, { specialTokens: true }).slice(0, MOST_TOKENS);
  if (ids.length === 0) throw empty();
  return ids;
}

async function forward({ model }: OpenedModel, ids: readonly number[]) {
  const tokens = tokenTensor([ids], model.vocabularySize);
  const before = model.initState(1);
  const { observe, values } = observed(LOOKED_AT);
  const { logits, state } = model.step(tokens, before, { observe });
  const scores = (await logits.data()) as Float32Array;
  const found = await values();
  logits.dispose();
  tokens.dispose();
  disposeState(state);
  disposeState(before);
  return { scores, found };
}

async function readWith(opened: OpenedModel, ids: readonly number[]): Promise<Seen> {
  const { model, tokenizer } = opened;
  const { scores, found } = await forward(opened, ids);
  const ending = (name: string) => [...found].filter(([key]) => key.endsWith(name)).map(([, value]) => value);
  const maps = ending('weights');
  if (maps.length === 0) throw noAttention();
  const [, heads] = maps[0]!.shape;
  const weights = new Float32Array(maps.length * heads! * ids.length ** 2);
  for (const [layer, map] of maps.entries()) weights.set(map.values, layer * map.values.length);
  const embedding = found.get('embedding')!;
  const hidden = ending('hidden');
  const spelling = (place: number) => spellingAfter(tokenizer, ids.slice(0, place));
  return {
    tokens: ids.map((id, place) => ({ id, text: spelling(place)(id) })),
    ...{
      layers: maps.length,
      heads: heads!,
      width: embedding.shape[2]!,
      vocabularySize: model.vocabularySize,
      weights,
    },
    headSize: ending('query')[0]!.shape[3]!,
    hiddenWidth: hidden[0]?.shape[2] ?? 0,
    entering: drawnRows(embedding),
    leaving: drawnRows(ending('output').at(-1)!),
    turns: await turnsOf(stackOf(opened), ids.length),
    busy: hidden.map(busyUnits),
    next: ids.map((_, place) => {
      const own = scores.slice(place * model.vocabularySize, (place + 1) * model.vocabularySize);
      return likeliest(own, spelling(place + 1));
    }),
  };
}

/** For each token the fewest hidden units that carry nine tenths of the sum of squares. */
function busyUnits({ values, shape: [, length, width] }: Observed): number[] {
  return Array.from({ length: length! }, (_, token) => {
    const squares = values.slice(token * width!, (token + 1) * width!).map((value) => value ** 2);
    const wanted = 0.9 * squares.reduce((sum, value) => sum + value, 0);
    let [count, sum] = [0, 0];
    for (const square of squares.sort().reverse()) {
      if (sum >= wanted) break;
      sum += square;
      count++;
    }
    return count;
  });
}

function likeliest(scores: Float32Array, spell: (id: number) => string) {
  const shares = hostSoftmax(scores);
  const order = [...shares.keys()].sort((a, b) => shares[b]! - shares[a]!).slice(0, NEXT);
  return order.map((id) => ({ text: spell(id), probability: shares[id]! }));
}

function stackOf({ model }: OpenedModel): CausalStack {
  if (model instanceof CausalStack) return model;
  throw noAttention();
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
