import type { WrittenToken } from '../../protocol/write.js';
import { type Branch, perplexityOf } from './branches.js';

/** A stretch of text that no branch leaves. */
export interface TreeNode {
  readonly text: string;
  /** Columns from the prompt, which is 0. */
  readonly depth: number;
  /** Rows from the top; parents are between their children. */
  readonly row: number;
  readonly parent: TreeNode | null;
  /** Whether the text on screen goes through it. */
  readonly isOn: boolean;
  /** Where a text ends: the branch that it is of, null for the text on screen. */
  readonly leaf: { readonly branch: Branch | null; readonly perplexity: number | null } | null;
}

interface Text {
  readonly tokens: readonly WrittenToken[];
  readonly branch: Branch | null;
}

/** All texts as a tree, from the prompt: nodes in drawing order, parents first. */
export function treeOf(prompt: string, current: readonly WrittenToken[], branches: readonly Branch[]): TreeNode[] {
  const texts: Text[] = [
    ...branches.map((branch) => ({ tokens: branch.tokens, branch })),
    { tokens: current, branch: null },
  ].filter(({ tokens }) => tokens.length > 0);
  const nodes: TreeNode[] = [];
  let rows = 0;

  function grow(group: readonly Text[], start: number, depth: number, parent: TreeNode | null, text: string): TreeNode {
    const at = nodes.length;
    const isOn = group.some(({ branch }) => branch === null);
    const ended = group.find(({ tokens }) => tokens.length <= start);
    const node = { text, depth, row: 0, parent, isOn, leaf: ended ? leafOf(ended) : null };
    nodes.push(node);
    const children = partedAt(
      group.filter(({ tokens }) => tokens.length > start),
      start,
    );
    const grown = children.map((child) => {
      const end = sharedEnd(child, start);
      const words = child[0]!.tokens
        .slice(start, end)
        .map((token) => token.text)
        .join('');
      return grow(child, end, depth + 1, node, words);
    });
    const row = grown.length ? (grown[0]!.row + grown.at(-1)!.row) / 2 : rows++;
    nodes[at] = Object.assign(node, { row });
    return node;
  }

  if (texts.length > 0) grow(texts, 0, 0, null, prompt);
  return nodes;
}

function leafOf({ branch, tokens }: Text): TreeNode['leaf'] {
  return { branch, perplexity: perplexityOf(tokens) };
}

/** Groups of texts by the token at a place, in the order in which they came. */
function partedAt(group: readonly Text[], place: number): Text[][] {
  const parts = new Map<number, Text[]>();
  for (const text of group) {
    const id = text.tokens[place]!.id;
    parts.set(id, [...(parts.get(id) ?? []), text]);
  }
  return [...parts.values()];
}

/** Where the texts of a group part, or the first of them ends. */
function sharedEnd(group: readonly Text[], start: number): number {
  let end = start + 1;
  const [first] = group;
  while (group.every(({ tokens }) => tokens.length > end && tokens[end]!.id === first!.tokens[end]!.id)) end++;
  return end;
}

/** The beginning and end of a long text. */
export function shortened(text: string, most: number): string {
  const plain = text.replaceAll('\n', '↵').trim() || '␣';
  if (plain.length <= most) return plain;
  return `${plain.slice(0, Math.ceil(most * 0.6)).trimEnd()} … ${plain.slice(-Math.floor(most * 0.3)).trimStart()}`;
}
