import type { Proposer } from './proposer.js';

/**
 * Prompt lookup decoding (Saxena 2023): proposes the tokens that followed the last n-gram at an earlier occurrence,
 * longer matches first, then later ones. It costs no model calls, and helps where a sequence repeats its prompt.
 *
 * @param longest maximum length of the n-gram that is looked up
 */
export function promptLookup(longest: number): Proposer {
  return {
    propose: async (sequence, count) => ({ tokens: continuation(sequence, longest, count) }),
    dispose: () => {},
  };
}

function continuation(sequence: readonly number[], longest: number, count: number): readonly number[] {
  if (count < 1) return [];
  for (let length = Math.min(longest, sequence.length - 1); length > 0; length--) {
    const end = sequence.length - length;
    for (let start = end - 1; start >= 0; start--) {
      if (matches(sequence, start, end, length)) return sequence.slice(start + length, start + length + count);
    }
  }
  return [];
}

function matches(sequence: readonly number[], a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (sequence[a + i] !== sequence[b + i]) return false;
  return true;
}
