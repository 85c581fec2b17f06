/** Writes SentencePiece models for tests: the format's fields, without its library. */
export interface WrittenPiece {
  readonly piece: string;
  readonly score: number;
  /** 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte. */
  readonly kind?: number;
}

export interface WrittenModel {
  readonly pieces: readonly WrittenPiece[];
  /** 1 unigram, 2 BPE, 3 word, 4 char. */
  readonly algorithm?: number;
  readonly byteFallback?: boolean;
  readonly dummyPrefix?: boolean;
  readonly removeExtraSpaces?: boolean;
}

export function writeSentencePieceFile(model: WrittenModel): Uint8Array {
  const { pieces, algorithm = 1, byteFallback = false, dummyPrefix = true, removeExtraSpaces = true } = model;
  return Uint8Array.from([
    ...pieces.flatMap(({ piece, score, kind = 1 }) =>
      bytesField(1, [
        ...bytesField(1, new TextEncoder().encode(piece)),
        ...floatField(2, score),
        ...numberField(3, kind),
      ]),
    ),
    ...bytesField(2, [...numberField(3, algorithm), ...numberField(35, byteFallback ? 1 : 0)]),
    ...bytesField(3, [...numberField(3, dummyPrefix ? 1 : 0), ...numberField(4, removeExtraSpaces ? 1 : 0)]),
  ]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function numberField(number: number, value: number): number[] {
  return [...varint(number * 8), ...varint(value)];
}

function bytesField(number: number, bytes: ArrayLike<number>): number[] {
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...Array.from(bytes)];
}

function floatField(number: number, value: number): number[] {
  return [...varint(number * 8 + 5), ...new Uint8Array(Float32Array.of(value).buffer)];
}
