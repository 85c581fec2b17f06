/** Characters that are valid in a hash without escaping, so that links are readable. */
const PLAIN = /%(2C|3A|3B|3D|2F|40|24|2B)/gi;

/** `{data: 'copy'}` as `data=copy`, in the given order, without undefined values. */
export function queryOf(entries: readonly (readonly [string, string | number | undefined])[]): string {
  return entries
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escaped(String(value))}`)
    .join('&');
}

/** All values of a query by name, in order. */
export function entriesOf(query: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const pair of query.split('&').filter(Boolean)) {
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    found.set(name, [...(found.get(name) ?? []), at < 0 ? '' : unescaped(pair.slice(at + 1))]);
  }
  return found;
}

function escaped(text: string): string {
  return encodeURIComponent(text)
    .replace(PLAIN, (code) => decodeURIComponent(code))
    .replaceAll('+', '%2B')
    .replaceAll('%20', '+');
}

/** Decodes a value; invalid escapes are kept, so that a truncated link still opens. */
function unescaped(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
