/** The arrays of a layout. */
interface Arrays {
  readonly starts: Int32Array;
  readonly entries: Int32Array;
  readonly masks: Int32Array;
}

/**
 * A cache of layouts, least recently used first out, bounded in count and bytes. The key is a string that describes the
 * layout.
 */
export class LayoutCache<Layout extends Arrays> {
  readonly #most: { readonly layouts: number; readonly bytes: number };
  readonly #layouts = new Map<string, Layout>();
  #bytes = 0;

  constructor(most: { readonly layouts: number; readonly bytes: number }) {
    this.#most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#layouts.size;
  }

  get(key: string, compile: () => Layout): Layout {
    const known = this.#layouts.get(key);
    if (known) {
      this.#layouts.delete(key); // re-inserted, so that the least recently used comes first
      this.#layouts.set(key, known);
      return known;
    }
    const layout = compile();
    this.#layouts.set(key, layout);
    this.#bytes += bytesOf(key, layout);
    for (const [oldest, held] of this.#layouts) {
      const fits = this.#layouts.size <= this.#most.layouts && this.#bytes <= this.#most.bytes;
      if (fits || this.#layouts.size === 1) break; // a single layout is kept regardless of its size, since every layer uses it
      this.#layouts.delete(oldest);
      this.#bytes -= bytesOf(oldest, held);
    }
    return layout;
  }
}

function bytesOf(key: string, { starts, entries, masks }: Arrays): number {
  return 4 * (starts.length + entries.length + masks.length) + 2 * key.length;
}
