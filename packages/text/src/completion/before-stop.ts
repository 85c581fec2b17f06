/** Yields text pieces up to the first stop string; a suffix that may still become one is held back. */
export async function* beforeStop(pieces: AsyncIterable<string>, stops: readonly string[]): AsyncGenerator<string> {
  let held = '';
  for await (const piece of pieces) {
    held += piece;
    const found = stops.map((stop) => held.indexOf(stop)).filter((at) => at >= 0);
    if (found.length > 0) {
      held = held.slice(0, Math.min(...found));
      break;
    }
    const safe = held.length - longestBeginning(held, stops);
    if (safe > 0) yield held.slice(0, safe);
    held = held.slice(safe);
  }
  if (held) yield held;
}

/** The length of the longest suffix of a text that is a prefix of a stop string. */
function longestBeginning(text: string, stops: readonly string[]): number {
  const most = Math.min(text.length, Math.max(0, ...stops.map((stop) => stop.length - 1)));
  for (let length = most; length > 0; length--) {
    const end = text.slice(text.length - length);
    if (stops.some((stop) => stop.startsWith(end))) return length;
  }
  return 0;
}
