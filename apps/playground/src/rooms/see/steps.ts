/** The steps of the walk, in order. */
export const STEPS = [
  'Tokens',
  'A vector for each token',
  'Where it stands',
  'One word asks, all answer',
  'It takes what it asked for',
  'All words at once',
  'Several heads',
  'Each word thinks for itself',
  'The next word',
] as const;

export const arxiv = (id: string) => `https://arxiv.org/abs/${id}`;
export const npm = (name: string) => `https://www.npmjs.com/package/@sequitur/${name}`;
