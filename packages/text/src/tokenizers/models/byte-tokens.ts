/** The byte token `<0x41>`: one byte of UTF-8. */
export function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

/** The byte of a byte token, or null for any other token. */
export function byteOf(token: string): number | null {
  const match = /^<0x([0-9A-Fa-f]{2})>$/.exec(token);
  return match ? Number.parseInt(match[1]!, 16) : null;
}

/**
 * GPT-2's byte alphabet: a printable character for each byte, the byte itself where it is printable (Radford et al.
 * 2019, section 2.2; the table is that of OpenAI's encoder).
 */
export const characterOfByte: readonly string[] = (() => {
  const isPrintable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : 256 + others++));
})();

export const byteOfCharacter: ReadonlyMap<string, number> = new Map(
  characterOfByte.map((character, byte) => [character, byte]),
);
