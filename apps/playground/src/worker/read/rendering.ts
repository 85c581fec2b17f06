import type { SequenceToSequence } from '@sequitur/transformer';
import type { Rendering } from '../../protocol/read.js';
import { disposeState, generateSequences, hostSoftmax, type Tokenizer, tokenTensor } from '../packages.js';
import { observed } from '../see/observed.js';
import { spellingAfter } from '../write/alternatives.js';

const BEAMS = 4;
/** A page shows this much of a picture. */
const MOST_SOURCE = 256;
const MOST_WRITTEN = 128;

/** Writes from a source by beam search, and looks where each token of the best reading comes from. */
export async function rendering(model: SequenceToSequence, text: string): Promise<Rendering> {
  const tokenizer = model.tokenizer!;
  const encoding = tokenizer.tokenize(text);
  const ids = encoding.ids.slice(0, MOST_SOURCE);
  const source = tokenTensor([ids], model.sourceVocabularySize);
  const decoder = model.conditionedOn(source);
  source.dispose();
  try {
    const [found] = await generateSequences(decoder, [[model.startToken]], {
      ...{ beamSearch: { beams: BEAMS, lengthPenalty: 0 }, sequences: BEAMS, maxTokens: MOST_WRITTEN },
      endTokens: endTokensOf(model),
    });
    const readings = found!.map(({ tokens, score = 0 }) => ({
      label: decoded(tokenizer, tokens),
      score: Math.exp(score),
    }));
    const written = wordsOf(found![0]!.tokens, model);
    const looked = await lookAt(decoder, [model.startToken, ...written], ids.length);
    const spell = (place: number) => spellingAfter(tokenizer, written.slice(0, place))(written[place]!).trim();
    const isShown = (_: unknown, place: number) => encoding.sequences[place] !== null;
    return {
      readings,
      source: encoding.tokens.slice(0, ids.length).filter(isShown).map(plain),
      target: written.map((_, place) => ({ label: spell(place), score: looked.sure[place]! })),
      weights: Float32Array.from(looked.weights.flatMap((row) => row.filter(isShown))),
    };
  } finally {
    decoder.dispose();
  }
}

/** The tokens before the end. */
function wordsOf(tokens: readonly number[], model: SequenceToSequence): number[] {
  const ends = endTokensOf(model);
  return tokens.filter((token) => !ends.includes(token));
}

function endTokensOf(model: SequenceToSequence): number[] {
  return [model.generation.eos_token_id ?? model.config.endToken ?? []].flat() as number[];
}

function decoded(tokenizer: Tokenizer, tokens: readonly number[]): string {
  return tokenizer.decode([...tokens]).trim();
}

/** Reads what was written once more: the probability of each token, and what it was read from. */
async function lookAt(
  decoder: ReturnType<SequenceToSequence['conditionedOn']>,
  target: readonly number[],
  sources: number,
): Promise<{ readonly sure: number[]; readonly weights: number[][] }> {
  const { observe, values } = observed(/^decoder\.blocks\.\d+\.cross\.weights$/);
  const tokens = tokenTensor([target], decoder.vocabularySize);
  const before = decoder.initState(1);
  const { logits, state } = decoder.step(tokens, before, { observe });
  const scores = (await logits.data()) as Float32Array;
  disposeState(state);
  disposeState(before);
  logits.dispose();
  tokens.dispose();
  const last = [...(await values()).values()].at(-1)!;
  const width = decoder.vocabularySize;
  const sure = target
    .slice(1)
    .map((id, place) => hostSoftmax(scores.subarray(place * width, (place + 1) * width))[id]!);
  return { sure, weights: meanOfHeads(last, target.length, sources).slice(0, -1) };
}

/** Weights [1, heads, target, source] as rows of the target. */
function meanOfHeads(
  { values, shape }: { readonly values: Float32Array; readonly shape: readonly number[] },
  rows: number,
  columns: number,
): number[][] {
  const heads = shape[1]!;
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => {
      let sum = 0;
      for (let head = 0; head < heads; head++) sum += values[(head * rows + row) * columns + column]!;
      return sum / heads;
    }),
  );
}

/** `▁sea` and `Ġsea` mark a space before a word. */
function plain(token: string): string {
  return token.replace(/^[▁Ġ]|<\/w>$/g, '');
}
