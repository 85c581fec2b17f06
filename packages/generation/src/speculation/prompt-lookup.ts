import type { Proposer } from './proposer.js';

/**
 * Proposes what followed the last tokens where they stood before (prompt lookup decoding, Saxena 2023): longer matches
 * first, of equal ones the latest. Costs nothing, and pays where a text repeats its prompt.
 *
 * @param longest how many last tokens are looked up at most
 */
export function promptLookup(longest: number): Proposer {
  return {
    propose: async (text, count) => ({ tokens: continuation(text, longest, count) }),
    dispose: () => {},
  };
}

function continuation(text: readonly number[], longest: number, count: number): readonly number[] {
  if (count < 1) return [];
  for (let length = Math.min(longest, text.length - 1); length > 0; length--) {
    const end = text.length - length;
    for (let start = end - 1; start >= 0; start--) {
      if (matches(text, start, end, length)) return text.slice(start + length, start + length + count);
    }
  }
  return [];
}

function matches(text: readonly number[], a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (text[a + i] !== text[b + i]) return false;
  return true;
}
