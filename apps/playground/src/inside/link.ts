/** What the drawer shows. */
export interface InsideLink {
  readonly ref: string;
  /** The second model, if any. */
  readonly beside: string;
  readonly tab: string;
  /** Counted from 1. */
  readonly layer: number;
  /** Counted from 1. */
  readonly head: number;
  readonly text: string;
}

/** `site:stories-gpt;;attention;1;2;Once upon a time`: the text is last, since it may have any character. */
export function insideLink({ ref, beside, tab, layer, head, text }: InsideLink): string {
  return [ref, beside, tab, layer, head, text].join(';');
}

export function readInsideLink(link: string): InsideLink {
  const [ref = '', beside = '', tab = 'attention', layer, head, ...text] = link.split(';');
  return { ref, beside, tab, layer: Number(layer) || 1, head: Number(head) || 1, text: text.join(';') };
}
