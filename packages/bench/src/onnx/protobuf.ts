/** A field of a protobuf message: a number is a varint, `float` a float32, the rest is length-delimited. */
export type Field =
  | readonly [number: number, value: number | string | Uint8Array | readonly Uint8Array[]]
  | readonly [number: number, value: { readonly float: number }];

const [VARINT, DELIMITED, FIXED32] = [0, 2, 5];

/** A message as a list of byte arrays; large contents are not copied until `joined`. */
export function message(fields: readonly Field[]): Uint8Array[] {
  return fields.flatMap(([number, value]) => {
    if (typeof value === 'number') return [varints((number << 3) | VARINT, value)];
    if (typeof value === 'object' && 'float' in value) return [varints((number << 3) | FIXED32), float32(value.float)];
    const pieces = typeof value === 'string' ? [new TextEncoder().encode(value)] : [value].flat();
    return [varints((number << 3) | DELIMITED, lengthOf(pieces)), ...pieces];
  });
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(lengthOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((length, piece) => length + piece.length, 0);
}

function float32(value: number): Uint8Array {
  return new Uint8Array(Float32Array.of(value).buffer);
}

/** Seven bits at a time, the lowest first; negative numbers as 64-bit two's complement. */
function varints(...values: number[]): Uint8Array {
  const bytes: number[] = [];
  for (const value of values) {
    let rest = BigInt.asUintN(64, BigInt(value));
    do {
      const more = rest > 127n;
      bytes.push(Number(rest & 127n) | (more ? 128 : 0));
      rest >>= 7n;
    } while (rest > 0n);
  }
  return Uint8Array.from(bytes);
}
