import { SequiturError } from '@sequitur/core';
import type { AlignedText } from '../aligned-text.js';
import type { Normalizer } from './normalizer.js';

/**
 * SentencePiece's compiled character map: a double-array trie over UTF-8 (Aoe 1989, in the layout of Darts-clone) from
 * sequences of characters to offsets into a block of null-ended replacements.
 */
export class CharacterMap {
  readonly #units: Uint32Array;
  readonly #replacements: Uint8Array;

  /** @throws SequiturError where the sizes that the map states do not fit its bytes */
  constructor(compiled: Uint8Array) {
    const view = new DataView(compiled.buffer, compiled.byteOffset, compiled.byteLength);
    const size = compiled.length >= 4 ? view.getUint32(0, true) : Number.NaN;
    if (!(size % 4 === 0 && size >= 1024 && 4 + size < compiled.length)) {
      const got = `${compiled.length} bytes of which the trie should take ${size}`;
      throw new SequiturError({ where: 'precompiled character map', expected: 'a trie and its replacements', got });
    }
    this.#units = Uint32Array.from({ length: size / 4 }, (_, unit) => view.getUint32(4 + 4 * unit, true));
    this.#replacements = compiled.subarray(4 + size);
  }

  /** The longest sequence that begins at `from` and has a replacement: its length in bytes and that; else null. */
  longestMatch(bytes: Uint8Array, from: number): { readonly length: number; readonly replacement: string } | null {
    let found: { length: number; offset: number } | null = null;
    let unit = this.#units[0]!;
    let node = offsetOf(unit);
    for (let at = from; at < bytes.length; at++) {
      node ^= bytes[at]!;
      if (node >= this.#units.length) break;
      unit = this.#units[node]!;
      if (labelOf(unit) !== bytes[at]) break;
      node ^= offsetOf(unit);
      if (node >= this.#units.length) break;
      if (hasLeaf(unit)) found = { length: at + 1 - from, offset: this.#units[node]! & 0x7fffffff };
    }
    return found && { length: found.length, replacement: this.#replacementAt(found.offset) };
  }

  #replacementAt(offset: number): string {
    const end = this.#replacements.indexOf(0, offset);
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      this.#replacements.subarray(offset, end < 0 ? offset : end),
    );
  }
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
}

function labelOf(unit: number): number {
  return (unit & ((1 << 31) | 0xff)) >>> 0;
}

function hasLeaf(unit: number): boolean {
  return ((unit >>> 8) & 1) === 1;
}

/** Replaces whatever the map has a replacement for, always the longest sequence, from left to right. */
export function mapCharacters(map: CharacterMap): Normalizer {
  return (text) => text.rewrite((add) => replaceMapped(text, map, add));
}

function replaceMapped(
  text: AlignedText,
  map: CharacterMap,
  add: (text: string, from: number, to: number) => void,
): void {
  const encoder = new TextEncoder();
  const characters = [...text.text];
  const bytes = encoder.encode(text.text);
  const widths = characters.map((character) => encoder.encode(character).length);
  let [at, byte, index] = [0, 0, 0];
  while (index < characters.length) {
    const match = map.longestMatch(bytes, byte);
    const from = at;
    const target = byte + (match?.length ?? widths[index]!);
    const first = index;
    for (; index < characters.length && byte < target; index++) {
      byte += widths[index]!;
      at += characters[index]!.length;
    }
    add(match ? match.replacement : characters[first]!, from, at);
  }
}
