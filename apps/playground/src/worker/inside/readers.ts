import type { Inside, SeenText } from '../../protocol/inside.js';
import { modelType } from '../models/open-folder.js';
import {
  disposeState,
  type FileSource,
  generateSequences,
  type Observe,
  type Tokenizer,
  tokenTensor,
} from '../packages.js';
import { type Observed, observed } from '../see/observed.js';
import { spellingAfter } from '../write/alternatives.js';
import { attentionMaps } from './attention-maps.js';
import { emptyText, MOST_TOKENS } from './causal.js';
import { residualStream } from './residual.js';

const LOOKED_AT = /^((en|de)coder\.)?(embedding|blocks\.\d+\.(output|mixer\.weights|cross\.weights))$/;
/** A translation that is looked at ends here. */
const MOST_WRITTEN = 24;

interface Read {
  readonly texts: readonly SeenText[];
  readonly left: number;
  readonly found: ReadonlyMap<string, Observed>;
}

/** Reads a text with an encoder or a translator, and keeps what happens within. */
export async function lookIntoReader(source: FileSource, text: string): Promise<Inside> {
  const { SequenceToSequence } = await import('@sequitur/transformer');
  const type = await modelType(source);
  const isTranslator = SequenceToSequence.families.some((family) => family.modelType === type);
  const { texts, left, found } = await (isTranslator ? translated(source, text) : encoded(source, text));
  return {
    ...{ family: isTranslator ? 'encoder-decoder' : 'encoder', texts, left },
    ...{ blocks: [], stateSpaces: [], memory: null, cacheBytesPerToken: 0, lens: null },
    maps: attentionMaps(
      found,
      texts.map(({ tokens }) => tokens.length),
    ),
    residual: residualStream(found),
  };
}

async function encoded(source: FileSource, text: string): Promise<Read> {
  const { Bert } = await import('@sequitur/bert');
  const model = await Bert.fromPretrained(source);
  try {
    const { ids, tokens, left } = tokenized(model.tokenizer!, text);
    const { observe, values } = observed(LOOKED_AT);
    const input = tokenTensor([ids], model.vocabularySize);
    model.encode(input, { observe }).dispose();
    input.dispose();
    return { texts: [{ name: 'text', tokens }], left, found: await values() };
  } finally {
    model.dispose();
  }
}

async function translated(source: FileSource, text: string): Promise<Read> {
  const { SequenceToSequence } = await import('@sequitur/transformer');
  const model = await SequenceToSequence.fromPretrained(source);
  const { observe, values } = observed(LOOKED_AT);
  try {
    const tokenizer = model.tokenizer!;
    const { ids, tokens, left } = tokenized(tokenizer, text);
    const input = tokenTensor([ids], model.sourceVocabularySize);
    const decoder = model.conditionedOn(input, { observe });
    input.dispose();
    const end = model.generation.eos_token_id ?? model.config.endToken;
    const endTokens = [end ?? []].flat() as number[];
    const [written] = await generateSequences(decoder, [[model.startToken]], { maxTokens: MOST_WRITTEN, endTokens });
    const target = [model.startToken, ...written![0]!.tokens];
    watch(decoder, target, observe);
    decoder.dispose();
    const spelled = target.map((id, place) => spellingAfter(tokenizer, target.slice(1, place))(id) || '→');
    const texts = [
      { name: 'source', tokens },
      { name: 'target', tokens: spelled },
    ];
    return { texts, left, found: await values() };
  } finally {
    model.dispose();
  }
}

/** Reads what was written once more, all at once. */
function watch(
  decoder: { readonly vocabularySize: number } & Pick<Parameters<typeof generateSequences>[0], 'initState' | 'step'>,
  target: readonly number[],
  observe: Observe,
): void {
  const tokens = tokenTensor([target], decoder.vocabularySize);
  const before = decoder.initState(1);
  const { logits, state } = decoder.step(tokens, before, { observe });
  disposeState(state);
  disposeState(before);
  logits.dispose();
  tokens.dispose();
}

function tokenized(tokenizer: Tokenizer, text: string) {
  const { ids, tokens } = tokenizer.tokenize(text);
  if (text.trim() === '') throw emptyText();
  return {
    ids: ids.slice(0, MOST_TOKENS),
    tokens: tokens.slice(0, MOST_TOKENS),
    left: Math.max(0, ids.length - MOST_TOKENS),
  };
}
