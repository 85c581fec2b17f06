/**
 * Events as TensorBoard reads them: messages of TensorFlow's `event.proto` and `summary.proto` in protocol buffers, each
 * framed as a TFRecord.
 */

export interface TrainEvent {
  /** In seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  /** Numbers by tag. */
  readonly scalars?: Readonly<Record<string, number>>;
  /** The version of the file's format: its first event. */
  readonly fileVersion?: string;
  /** The start of a run: later steps of earlier files are void. */
  readonly isStart?: boolean;
}

/** The event as a record: length, its checksum, content, its checksum. */
export function recordOf(event: TrainEvent): Uint8Array {
  const content = encode(event);
  const record = new Uint8Array(content.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(content.length), true);
  view.setUint32(8, maskedChecksum(record.subarray(0, 8)), true);
  record.set(content, 12);
  view.setUint32(12 + content.length, maskedChecksum(content), true);
  return record;
}

function encode({ wallTime, step, scalars, fileVersion, isStart }: TrainEvent): Uint8Array {
  const values = Object.entries(scalars ?? {}).map(([tag, value]) =>
    bytesField(1, [...bytesField(1, textOf(tag)), ...floatField(2, value)]),
  );
  return Uint8Array.from([
    ...doubleField(1, wallTime),
    ...(step ? [...key(2, VARINT), ...varint(step)] : []),
    ...(fileVersion ? bytesField(3, textOf(fileVersion)) : []),
    ...(values.length ? bytesField(5, values.flat()) : []),
    ...(isStart ? bytesField(7, [...key(1, VARINT), ...varint(1)]) : []),
  ]);
}

const [VARINT, DOUBLE, BYTES, FLOAT] = [0, 1, 2, 5];

function key(field: number, type: number): number[] {
  return [field * 8 + type];
}

/** An integer of at least 0, seven bits a byte. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function bytesField(field: number, content: ArrayLike<number>): number[] {
  return [...key(field, BYTES), ...varint(content.length), ...Array.from(content)];
}

function doubleField(field: number, value: number): number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return [...key(field, DOUBLE), ...new Uint8Array(view.buffer)];
}

function floatField(field: number, value: number): number[] {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value, true);
  return [...key(field, FLOAT), ...new Uint8Array(view.buffer)];
}

function textOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** CRC-32C (Castagnoli), rotated and shifted as in TFRecords, so that a checksum of checksums is none. */
function maskedChecksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
