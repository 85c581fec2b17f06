import { SequiturError } from '../../../errors.js';

const IMPORTS = 2;
const MEMORIES = 5;
/** Kinds of imports, by their binary encoding. */
const FUNCTION = 0;
const TABLE = 1;
const MEMORY = 2;
/** Flags of a memory with a maximum, and of one that is also shared. */
const BOUNDED = 1;
const SHARED = 3;

/**
 * Converts a module to shared memory: only a bit in the type of its memory differs, since non-atomic loads and stores
 * work on both. One binary thus serves pages with and without shared memory, and tfjs's threaded build, which never
 * starts in Node, is not needed.
 *
 * @param module defines or imports one memory that has a maximum
 * @see https://github.com/WebAssembly/threads/blob/main/proposals/threads/Overview.md#spec-changes
 */
export function onSharedMemory(module: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const flags = memoryFlagsAt(module);
  if (flags === undefined || module[flags] !== BOUNDED) {
    throw new SequiturError({
      where: 'WebAssembly threads',
      expected: 'a module of one memory with a maximum',
      got: flags === undefined ? 'none' : `memory flags ${module[flags]}`,
    });
  }
  const shared = module.slice();
  shared[flags] = SHARED;
  return shared;
}

export function isShared({ buffer }: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer === 'function' && (buffer as ArrayBufferLike) instanceof SharedArrayBuffer;
}

/** The position of the flags of the memory's limits (WebAssembly 1.0, section 5.5: binary modules). */
function memoryFlagsAt(module: Uint8Array): number | undefined {
  const reader = new Reader(module);
  while (!reader.ended) {
    const id = reader.byte();
    const end = reader.unsigned() + reader.at;
    const found = id === IMPORTS ? importedMemoryAt(reader) : id === MEMORIES ? definedMemoryAt(reader) : undefined;
    if (found !== undefined) return found;
    reader.at = end;
  }
  return undefined;
}

function definedMemoryAt(reader: Reader): number | undefined {
  return reader.unsigned() > 0 ? reader.at : undefined;
}

function importedMemoryAt(reader: Reader): number | undefined {
  for (let count = reader.unsigned(); count > 0; count--) {
    reader.skip(reader.unsigned()); // the name of the module
    reader.skip(reader.unsigned()); // the name in it
    const kind = reader.byte();
    if (kind === MEMORY) return reader.at;
    if (kind === FUNCTION) reader.unsigned();
    else if (kind === TABLE) {
      reader.skip(1);
      reader.limits();
    } else reader.skip(2); // a global: its type, and whether it is mutable
  }
  return undefined;
}

class Reader {
  at = 8; // after the magic number and the version

  constructor(private readonly bytes: Uint8Array) {}

  get ended(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    return this.bytes[this.at++]!;
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  /** LEB128. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; !this.ended; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    return value;
  }

  limits(): void {
    const flags = this.byte();
    this.unsigned();
    if (flags & BOUNDED) this.unsigned();
  }
}
