/** The text of bytes, without those that are no UTF-8. */
export function textOfValidBytes(bytes: readonly number[]): string {
  return replacementRuns(bytes)
    .map((run) => decode(run).replaceAll('\ufffd', ''))
    .join('\ufffd');
}

/** Bytes between replacement characters that are in the text themselves, and must not go with the invalid ones. */
function replacementRuns(bytes: readonly number[]): number[][] {
  const runs: number[][] = [[]];
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd) {
      runs.push([]);
      at += 2;
    } else runs.at(-1)!.push(bytes[at]!);
  }
  return runs;
}

function decode(bytes: readonly number[]): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}
