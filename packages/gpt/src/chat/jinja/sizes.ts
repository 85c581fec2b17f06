/** The size of a value, in characters. */
export interface Size {
  /** The size with all nested values, counted at each occurrence. */
  readonly size: number;
  /** The depth of nested lists and objects. */
  readonly depth: number;
  /** The size of the value without nested ones. */
  readonly length: number;
}

export type SizeOf = (value: unknown) => Size;

/** The size of an item of a list, and of anything that is not a text. */
const ITEM = 16;
const SINGLE: Size = { size: ITEM, depth: 0, length: 0 };

/**
 * Creates a function that measures values of the interpreter. Nested values count at each occurrence, as in their
 * output. Immutable values are measured once, and measuring stops at the bounds.
 */
export function sizes(largest: number, deepest: number): SizeOf {
  const known = new WeakMap<object, Size>();
  const measure = (value: unknown, level: number): Size & { readonly isFixed: boolean } => {
    const content = contentOf(value);
    if (typeof content === 'string') {
      return { size: ITEM + content.length, depth: 0, length: content.length, isFixed: true };
    }
    if (typeof content !== 'object' || content === null) return { ...SINGLE, isFixed: true };
    const measured = known.get(value as object);
    if (measured) return { ...measured, isFixed: true };
    const items = itemsOf(content);
    const length = ITEM * items.length;
    let [size, depth, isFixed] = [ITEM, 1, (value as { type?: unknown }).type !== 'NamespaceValue'];
    if (level > deepest) depth = deepest + 1;
    else if (length > largest) size = length;
    else {
      for (const item of items) {
        const inner = measure(item, level + 1);
        size += inner.size;
        depth = Math.max(depth, 1 + inner.depth);
        isFixed &&= inner.isFixed;
        if (size > largest) break;
      }
    }
    if (isFixed && level === 0) known.set(value as object, { size, depth, length });
    return { size, depth, length, isFixed };
  };
  return (value) => measure(value, 0);
}

function contentOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as { value?: unknown }).value : value;
}

function itemsOf(content: object): readonly unknown[] {
  if (Array.isArray(content)) return content;
  return content instanceof Map ? [...content].flat() : [];
}
