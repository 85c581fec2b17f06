import { crc32c } from '@node-rs/crc32';
import protobuf from 'protobufjs';

/** The fields that this reader wants of TensorFlow's `event.proto` and `summary.proto`. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message SessionLog { int32 status = 1; }
  message Value { string tag = 1; float simple_value = 2; }
  message Summary { repeated Value value = 1; }
  message Event {
    double wall_time = 1;
    int64 step = 2;
    oneof what { string file_version = 3; Summary summary = 5; SessionLog session_log = 7; }
  }`);
const Event = root.lookupType('Event');

export interface ReadEvent {
  readonly wallTime: number;
  readonly step?: number;
  readonly fileVersion?: string;
  readonly summary?: { readonly value: readonly { readonly tag: string; readonly simpleValue: number }[] };
  readonly sessionLog?: { readonly status: number };
}

/** The events of a file, by other libraries than the writer's. @throws where a length or a checksum is wrong */
export function readEvents(file: Buffer): ReadEvent[] {
  const events: ReadEvent[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    expectChecksum(file.subarray(at, at + 8), file.readUInt32LE(at + 8));
    const content = file.subarray(at + 12, at + 12 + length);
    expectChecksum(content, file.readUInt32LE(at + 12 + length));
    events.push(Event.toObject(Event.decode(content), { longs: Number }) as ReadEvent);
    at += length + 16;
  }
  return events;
}

function expectChecksum(bytes: Buffer, masked: number): void {
  const rotated = (masked - 0xa282ead8) >>> 0;
  const crc = ((rotated >>> 17) | (rotated << 15)) >>> 0;
  if (crc !== crc32c(bytes)) throw new Error(`a checksum of ${crc} instead of ${crc32c(bytes)}`);
}
