/** Hugging Face counts hidden states from the embedding on, and gives the last one after the final norm. */
export function stackOutputName(observed: string, depth: number): string | null {
  if (observed === 'embedding') return 'hidden_states.0';
  if (observed === 'norm') return `hidden_states.${depth}`;
  const [, index, part] = /^blocks\.(\d+)\.(output|mixer\.weights)$/.exec(observed) ?? [];
  if (index === undefined) return null;
  if (part === 'mixer.weights') return `attentions.${index}`;
  return Number(index) + 1 < depth ? `hidden_states.${Number(index) + 1}` : null;
}
