import { byteOf, byteOfCharacter } from '../models/byte-tokens.js';

/** A step from tokens to text: takes texts, gives texts, which are joined at the end. */
export type Decoder = (texts: readonly string[]) => readonly string[];

export function decodeInTurn(decoders: readonly Decoder[]): Decoder {
  return (texts) => decoders.reduce((decoded, decode) => decode(decoded), texts);
}

/** Characters of GPT-2's alphabet back to bytes; a token with any other character stands for its own text. */
export const decodeByteLevel: Decoder = (tokens) => {
  const bytes: number[] = [];
  for (const token of tokens) {
    const own = Array.from(token, (character) => byteOfCharacter.get(character));
    bytes.push(...(own.includes(undefined) ? new TextEncoder().encode(token) : (own as number[])));
  }
  return [new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes))];
};

/** Joins runs of byte tokens to characters; a run that is no UTF-8 becomes one replacement character per byte. */
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

/** Words apart by a space, continuing pieces without one. */
export function decodeWordPiece(continuation: string, finish: (text: string) => string = (text) => text): Decoder {
  return (tokens) =>
    tokens.map((token, index) => {
      if (index === 0) return finish(token);
      return finish(token.startsWith(continuation) ? token.slice(continuation.length) : ` ${token}`);
    });
}

/** Metaspace back to spaces, without the one that was put before the text. */
export function decodeMetaspace(replacement: string, wasPrepended: boolean): Decoder {
  return (tokens) =>
    tokens.map((token, index) => {
      const spaced = token.replaceAll(replacement, ' ');
      return index === 0 && wasPrepended && spaced.startsWith(' ') ? spaced.slice(1) : spaced;
    });
}

export const fuse: Decoder = (texts) => [texts.join('')];

/** Takes up to `start` of a character from the beginning of each text and `stop` from its end. */
export function strip(character: string, start: number, stop: number): Decoder {
  return (texts) =>
    texts.map((text) => {
      let [from, to] = [0, text.length];
      while (from < start && text[from] === character) from++;
      while (text.length - to < stop && to > from && text[to - 1] === character) to--;
      return text.slice(from, to);
    });
}
