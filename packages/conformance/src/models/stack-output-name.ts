/**
 * Hugging Face numbers hidden states from the embedding, and applies the final norm to the last one. Attention maps are
 * counted among the blocks that have some.
 *
 * @param attending the blocks with attention; default all
 */
export function stackOutputName(observed: string, depth: number, attending?: readonly number[]): string | null {
  if (observed === 'embedding') return 'hidden_states.0';
  if (observed === 'norm') return `hidden_states.${depth}`;
  const [, index, part] = /^blocks\.(\d+)\.(output|(?:mixer\.)?(?:attention\.)?weights)$/.exec(observed) ?? [];
  if (index === undefined) return null;
  if (part !== 'output') return `attentions.${attending ? attending.indexOf(Number(index)) : index}`;
  return Number(index) + 1 < depth ? `hidden_states.${Number(index) + 1}` : null;
}
