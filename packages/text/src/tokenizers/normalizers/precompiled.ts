import { SequiturError } from '@sequitur/core';
import type { Normalizer } from './normalizer.js';

/**
 * SentencePiece's compiled character map: a double-array trie over UTF-8 (Aoe 1989, in the layout of Darts-clone) from
 * character sequences to offsets into a block of null-terminated replacements.
 */
export class CharacterMap {
  readonly #units: Uint32Array;
  readonly #replacements: Uint8Array;

  /** @throws SequiturError where the sizes in the header do not match the number of bytes */
  constructor(compiled: Uint8Array) {
    const view = new DataView(compiled.buffer, compiled.byteOffset, compiled.byteLength);
    const size = compiled.length >= 4 ? view.getUint32(0, true) : Number.NaN;
    if (!(size % 4 === 0 && size >= 1024 && 4 + size < compiled.length)) {
      const got = `${compiled.length} bytes, with a trie of ${size} declared`;
      throw new SequiturError({ where: 'precompiled character map', expected: 'a trie and its replacements', got });
    }
    this.#units = Uint32Array.from({ length: size / 4 }, (_, unit) => view.getUint32(4 + 4 * unit, true));
    this.#replacements = compiled.subarray(4 + size);
  }

  /**
   * The longest sequence with a replacement that begins at `from`: its length in bytes and the replacement; else null.
   */
  longestMatch(bytes: Uint8Array, from: number): { readonly length: number; readonly replacement: string } | null {
    const found = this.#match(bytes, from, false);
    return found && { length: found.length, replacement: this.#replacementAt(found.offset) };
  }

  /** The replacement of the shortest matching prefix, or null. */
  shortestMatch(bytes: Uint8Array): string | null {
    const found = this.#match(bytes, 0, true);
    return found && this.#replacementAt(found.offset);
  }

  #match(
    bytes: Uint8Array,
    from: number,
    shortest: boolean,
  ): { readonly length: number; readonly offset: number } | null {
    let found: { length: number; offset: number } | null = null;
    let unit = this.#units[0]!;
    let node = offsetOf(unit);
    for (let at = from; at < bytes.length && !(shortest && found); at++) {
      node ^= bytes[at]!;
      if (node >= this.#units.length) break;
      unit = this.#units[node]!;
      if (labelOf(unit) !== bytes[at]) break;
      node ^= offsetOf(unit);
      if (node >= this.#units.length) break;
      if (hasLeaf(unit)) found = { length: at + 1 - from, offset: this.#units[node]! & 0x7fffffff };
    }
    return found;
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

/** Longer graphemes are mapped character by character. */
const LONGEST_GRAPHEME_BYTES = 5;

/**
 * Applies a map as the Rust library does, which differs from SentencePiece for stacked marks: a short grapheme is
 * replaced as a whole by the replacement of its first characters, a longer one character by character.
 */
export function mapGraphemes(map: CharacterMap): Normalizer {
  const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
  const encoder = new TextEncoder();
  return (text) =>
    text.rewrite((add, keep) => {
      for (const { segment, index } of graphemes.segment(text.text)) {
        const bytes = encoder.encode(segment);
        const whole = bytes.length <= LONGEST_GRAPHEME_BYTES ? map.shortestMatch(bytes) : null;
        if (whole !== null) {
          add(whole, index, index + segment.length);
          continue;
        }
        let at = index;
        for (const character of segment) {
          const mapped = map.shortestMatch(encoder.encode(character));
          if (mapped === null) keep(at, at + character.length);
          else add(mapped, at, at + character.length);
          at += character.length;
        }
      }
    });
}
