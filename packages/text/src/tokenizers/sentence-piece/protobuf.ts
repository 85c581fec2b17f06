import { SequiturError } from '@sequitur/core';

/** A protobuf field: a number for varints and fixed widths, bytes for the rest. */
export interface ProtobufField {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/**
 * The fields of a protobuf message. Nothing is read beyond the bytes; numbers above 2^53 lose precision, but no field
 * used here is that large.
 *
 * @throws SequiturError where the bytes are not a protobuf message
 */
export function* readProtobuf(bytes: Uint8Array, where: string): Generator<ProtobufField> {
  const reader = new WireReader(bytes, where);
  while (!reader.isDone) {
    const key = reader.varint();
    const number = Math.floor(key / 8);
    if (number === 0) throw reader.damaged('field number 0');
    yield { number, value: reader.value(key % 8) };
  }
}

/** The bytes of a field, required. */
export function asBytes(field: ProtobufField, where: string): Uint8Array {
  if (field.value instanceof Uint8Array) return field.value;
  throw new SequiturError({ where, expected: `bytes in field ${field.number}`, got: 'a number' });
}

export function asNumber(field: ProtobufField, where: string): number {
  if (typeof field.value === 'number') return field.value;
  throw new SequiturError({ where, expected: `a number in field ${field.number}`, got: 'bytes' });
}

/** A `float`, given as its 32 bits. */
export function asFloat(field: ProtobufField, where: string): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, asNumber(field, where) >>> 0);
  return view.getFloat32(0);
}

/** An `int32`: negative numbers are written as 64 bits. */
export function asInteger(field: ProtobufField, where: string): number {
  const value = asNumber(field, where);
  return value >= 2 ** 63 ? value - 2 ** 64 : value;
}

class WireReader {
  readonly #bytes: Uint8Array;
  readonly #where: string;
  #at = 0;

  constructor(bytes: Uint8Array, where: string) {
    this.#bytes = bytes;
    this.#where = where;
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let index = 0; index < 10; index++) {
      if (this.isDone) throw this.damaged('an end within a number');
      const byte = this.#bytes[this.#at++]!;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw this.damaged('a number of more than 64 bits');
  }

  value(wireType: number): number | Uint8Array {
    switch (wireType) {
      case 0:
        return this.varint();
      case 1:
        return this.#fixed(8);
      case 2:
        return this.#take(this.varint());
      case 5:
        return this.#fixed(4);
      default:
        throw this.damaged(`wire type ${wireType}`);
    }
  }

  damaged(got: string): SequiturError {
    return new SequiturError({
      where: this.#where,
      expected: 'a SentencePiece model',
      got: `${got} at byte ${this.#at}`,
      fix: 'Download the file again; it may be a Git LFS pointer',
    });
  }

  #fixed(width: number): number {
    return this.#take(width).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw this.damaged(`${length} bytes beyond the end`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
