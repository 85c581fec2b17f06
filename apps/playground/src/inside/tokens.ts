/** A token as it is shown: never empty, line ends visible. */
export function shown(token: string): string {
  return token.replaceAll('\n', '↵').trim() || '␣';
}
