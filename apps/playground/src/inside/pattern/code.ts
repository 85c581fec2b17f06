import type { Pattern } from '@sequitur/attention';

/** The lines that make a pattern with `@sequitur/attention`. */
export function codeOf(pattern: Pattern): string {
  const calls = new Set<string>();
  const body = callOf(pattern, calls);
  return `import { ${[...calls].sort().join(', ')} } from '@sequitur/attention';\n\nconst pattern = ${body};`;
}

function callOf(pattern: Pattern, calls: Set<string>): string {
  calls.add(pattern.kind);
  const inner = (part: Pattern) => callOf(part, calls);
  switch (pattern.kind) {
    case 'causal':
    case 'full':
      return `${pattern.kind}()`;
    case 'slidingWindow':
      return pattern.right === 0 ? `slidingWindow(${pattern.left + 1})` : given(pattern);
    case 'strided':
      return `strided(${pattern.stride})`;
    case 'prefix':
      return `prefix(${pattern.length})`;
    case 'globalTokens': {
      const { positions } = pattern;
      const areFirst = positions.every((position, index) => position === index);
      return `globalTokens(${areFirst ? positions.length : JSON.stringify(positions)})`;
    }
    case 'documents':
      return `documents(${JSON.stringify(pattern.ids)})`;
    case 'either':
    case 'both':
      return `${pattern.kind}(${pattern.patterns.map(inner).join(', ')})`;
    case 'except':
      return `except(${inner(pattern.pattern)}, ${inner(pattern.without)})`;
    default:
      return given(pattern);
  }
}

/** A call with the fields by name. */
function given({ kind, ...fields }: Pattern): string {
  const list = Object.entries(fields).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `${kind}({ ${list.join(', ')} })`;
}
