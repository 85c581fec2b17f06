import { escaped } from '../added-tokens.js';
import type { AlignedText } from '../aligned-text.js';
import { bertSplitter, punctuation } from '../splitters/bert.js';
import { byteLevel } from '../splitters/byte-level.js';
import { metaspace, type PrependScheme } from '../splitters/metaspace.js';
import { matchesOf, type SplitBehavior, type Splitter, splitAt, splitInTurn } from '../splitters/splitter.js';
import { type Fields, wrong } from './fields.js';
import { patternOf } from './pattern.js';

type Make = (fields: Fields) => Splitter;

const BEHAVIORS: readonly SplitBehavior[] = [
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
];

const kinds: Readonly<Record<string, Make>> = {
  Sequence: (fields) => splitInTurn(fields.children('pretokenizers').map(splitterOf)),
  BertPreTokenizer: () => bertSplitter,
  ByteLevel: (fields) =>
    byteLevel({ prefixSpace: fields.flag('add_prefix_space', true), words: fields.flag('use_regex', true) }),
  Metaspace: (fields) =>
    metaspace({
      replacement: fields.text('replacement', '\u2581'),
      prepend: prependOf(fields),
      split: fields.flag('split', true),
    }),
  Split: (fields) => splitAt(patternOf(fields.child('pattern')), behaviorOf(fields), fields.flag('invert', false)),
  Whitespace: () =>
    matchesOf(
      /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu,
    ),
  WhitespaceSplit: () => splitAt(/\p{White_Space}+/gu, 'Removed'),
  Punctuation: (fields) => splitAt(punctuation, behaviorOf(fields)),
  Digits: (fields) =>
    fields.flag('individual_digits', false) ? splitAt(/\p{N}/gu, 'Isolated') : splitAt(/\p{N}+/gu, 'Isolated'),
  CharDelimiterSplit: (fields) => splitAt(new RegExp(escaped(fields.text('delimiter')), 'gu'), 'Removed'),
  FixedLength: (fields) => fixedLength(Math.max(1, fields.integer('length', 5))),
};

/** The pre-tokenizer of a `tokenizer.json`. */
export function splitterOf(fields: Fields): Splitter {
  const make = Object.hasOwn(kinds, fields.type) ? kinds[fields.type] : undefined;
  return make ? make(fields) : fields.refuse('pre_tokenizer');
}

function behaviorOf(fields: Fields): SplitBehavior {
  const behavior = BEHAVIORS.find((name) => name === fields.text('behavior', 'Isolated'));
  if (behavior) return behavior;
  throw wrong(`${fields.where}, behavior`, `one of ${BEHAVIORS.join(', ')}`, fields.value('behavior'));
}

/** Older files have `add_prefix_space` instead. */
export function prependOf(fields: Fields): PrependScheme {
  const scheme = fields.maybeText('prepend_scheme') ?? (fields.flag('add_prefix_space', true) ? 'always' : 'never');
  if (scheme === 'always' || scheme === 'first' || scheme === 'never') return scheme;
  throw wrong(`${fields.where}, prepend_scheme`, 'always, first or never', scheme);
}

function fixedLength(length: number): Splitter {
  return (text) => {
    const words: AlignedText[] = [];
    let [from, at, count] = [0, 0, 0];
    for (const character of text.text) {
      at += character.length;
      if (++count % length > 0) continue;
      words.push(text.slice(from, at));
      from = at;
    }
    if (from < at) words.push(text.slice(from, at));
    return words;
  };
}
