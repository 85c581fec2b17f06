import { dropMarks, lowercase, type Normalizer, normalizeInTurn } from './normalizer.js';

export interface BertNormalizerOptions {
  /** Whether control characters are removed and white space is converted to spaces; default true. */
  readonly cleanText?: boolean | undefined;
  /** Whether spaces are put around Chinese characters; default true. */
  readonly chineseCharacters?: boolean | undefined;
  readonly lowercase?: boolean | undefined;
  /** Whether accents are stripped; default: where text is lowercased. */
  readonly stripAccents?: boolean | undefined;
  /**
   * Whether to follow BERT's Python code (`BasicTokenizer`) where the Rust library differs: unassigned characters are
   * removed like control characters, and text is first composed (NFC).
   */
  readonly asPython?: boolean | undefined;
}

/** BERT's normalizer (Devlin et al. 2019, the published `tokenization.py`). */
export function bertNormalizer(options: BertNormalizerOptions): Normalizer {
  const { cleanText = true, chineseCharacters = true, asPython = false } = options;
  const stripAccents = options.stripAccents ?? options.lowercase ?? false;
  const steps: (Normalizer | false | undefined)[] = [
    cleanText && ((text) => text.mapCharacters((character) => clean(character, asPython))),
    chineseCharacters &&
      ((text) => text.mapCharacters((character) => (isChinese(character) ? ` ${character} ` : character))),
    asPython && ((text) => text.normalize('NFC')),
    // Lowercasing comes before stripping, since a capital with an accent may become a letter and an accent.
    options.lowercase && lowercase,
    stripAccents && ((text) => dropMarks(text.normalize('NFD'))),
  ];
  return normalizeInTurn(steps.filter((step) => !!step));
}

function clean(character: string, dropUnassigned: boolean): string {
  if (character === '\t' || character === '\n' || character === '\r') return ' ';
  if (character === '\0' || character === '\ufffd') return '';
  if (/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u.test(character) || (dropUnassigned && /\p{Cn}/u.test(character))) return '';
  return /\p{White_Space}/u.test(character) ? ' ' : character;
}

/** The blocks of CJK ideographs that BERT names. */
function isChinese(character: string): boolean {
  const code = character.codePointAt(0)!;
  return (
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0x3400 && code <= 0x4dbf) ||
    (code >= 0x20000 && code <= 0x2a6df) ||
    (code >= 0x2a700 && code <= 0x2b73f) ||
    (code >= 0x2b740 && code <= 0x2b81f) ||
    (code >= 0x2b820 && code <= 0x2ceaf) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0x2f800 && code <= 0x2fa1f)
  );
}
