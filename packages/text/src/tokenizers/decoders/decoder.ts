import { byteOf, byteOfCharacter } from '../models/byte-tokens.js';

/** A step of decoding, from a list of strings to a list of strings; those of the last step are concatenated. */
export type Decoder = (texts: readonly string[]) => readonly string[];

export function decodeInTurn(decoders: readonly Decoder[]): Decoder {
  return (texts) => decoders.reduce((decoded, decode) => decode(decoded), texts);
}

/** Decodes GPT-2's byte alphabet; a token with any other character is literal text. */
export const decodeByteLevel: Decoder = (tokens) => {
  const bytes: number[] = [];
  for (const token of tokens) {
    const own = Array.from(token, (character) => byteOfCharacter.get(character));
    bytes.push(...(own.includes(undefined) ? new TextEncoder().encode(token) : (own as number[])));
  }
  return [new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes))];
};

/** Decodes runs of byte tokens; an invalid UTF-8 run becomes one replacement character per byte. */
export const decodeByteFallback: Decoder = (tokens) => {
  const texts: string[] = [];
  let run: number[] = [];
  const finishRun = () => {
    if (run.length) texts.push(...textOfBytes(run));
    run = [];
  };
  for (const token of tokens) {
    const byte = byteOf(token);
    if (byte !== null) run.push(byte);
    else {
      finishRun();
      texts.push(token);
    }
  }
  finishRun();
  return texts;
};

function textOfBytes(bytes: readonly number[]): string[] {
  try {
    return [new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(Uint8Array.from(bytes))];
  } catch {
    return bytes.map(() => '\ufffd');
  }
}

/** Joins words with spaces, and continuation pieces without. */
export function decodeWordPiece(continuation: string, finish: (text: string) => string = (text) => text): Decoder {
  return (tokens) =>
    tokens.map((token, index) => {
      if (index === 0) return finish(token);
      return finish(token.startsWith(continuation) ? token.slice(continuation.length) : ` ${token}`);
    });
}

/** Replaces metaspace by spaces, without the one that was prepended. */
export function decodeMetaspace(replacement: string, wasPrepended: boolean): Decoder {
  return (tokens) =>
    tokens.map((token, index) => {
      const spaced = token.replaceAll(replacement, ' ');
      return index === 0 && wasPrepended && spaced.startsWith(' ') ? spaced.slice(1) : spaced;
    });
}

export const fuse: Decoder = (texts) => [texts.join('')];

/** Strips up to `start` of a character from the start of each string and `stop` from its end. */
export function strip(character: string, start: number, stop: number): Decoder {
  return (texts) =>
    texts.map((text) => {
      let [from, to] = [0, text.length];
      while (from < start && text[from] === character) from++;
      while (text.length - to < stop && to > from && text[to - 1] === character) to--;
      return text.slice(from, to);
    });
}
