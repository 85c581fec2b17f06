import type { Offsets } from '@sequitur/text';

/** A token with its predicted tag. */
export interface TaggedToken {
  /** The tag in its scheme: `B-PER`, `I-PER`, `O`; L and E end an entity, U and S stand for one of a single token. */
  readonly tag: string;
  /** Probability of the tag. */
  readonly score: number;
  readonly offsets: Offsets;
}

export interface Entity {
  /** Type of the entity, the tag without its place: `PER`, `LOC`. */
  readonly type: string;
  readonly text: string;
  /** Start in UTF-16 code units of the text: `text.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
  /** Mean probability of its tokens' tags. */
  readonly score: number;
}

/**
 * Groups tags to entities, in BIO, BIOES, BILOU and IO: an entity continues while its type stays and no tag begins a
 * new one. An inside tag after another type begins an entity.
 */
export function groupEntities(text: string, tokens: readonly TaggedToken[]): Entity[] {
  const groups: { type: string; open: boolean; tokens: TaggedToken[] }[] = [];
  for (const token of tokens) {
    const { place, type } = readTag(token.tag);
    if (!type) {
      const last = groups.at(-1);
      if (last) last.open = false;
      continue;
    }
    const last = groups.at(-1);
    const goesOn = last?.open && last.type === type && !'BUS'.includes(place);
    if (goesOn) last.tokens.push(token);
    else groups.push({ type, open: true, tokens: [token] });
    if ('LEUS'.includes(place)) groups.at(-1)!.open = false;
  }
  return groups.map(({ type, tokens: own }) => {
    const [start, end] = [own[0]!.offsets[0], own.at(-1)!.offsets[1]];
    const score = own.reduce((sum, token) => sum + token.score, 0) / own.length;
    return { type, text: text.slice(start, end), start, end, score };
  });
}

/** `B-PER` -> B and PER; a tag without a place is an inside one; `O` is no type. */
function readTag(tag: string): { place: string; type: string | null } {
  if (tag === 'O') return { place: 'O', type: null };
  const [, place, type] = /^([BILEUSO])[-_](.+)$/.exec(tag) ?? [];
  return place ? { place, type: type! } : { place: 'I', type: tag };
}
