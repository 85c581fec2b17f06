/** Decodes UTF-8 bytes without the invalid ones. */
export function textOfValidBytes(bytes: readonly number[]): string {
  return replacementRuns(bytes)
    .map((run) => decode(run).replaceAll('\ufffd', ''))
    .join('\ufffd');
}

/** Bytes between literal replacement characters, which must not be dropped with the invalid ones. */
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
