import { type Architecture, choice, type Field, number, type Place, type Settings } from './architecture.js';
import { isSparse, patternFields, patternOf, patternSummary } from './patterns.js';

const heads = number('heads', 'Heads', 'How many times it looks, each for itself.', [4, 1, 64]);
const hiddenWidth = number(
  'hiddenWidth',
  'Feed-forward',
  'Hidden units that work on each token; 0 takes 8/3 of the width.',
  [0, 0, 8192],
);
const segmentLength = number('segmentLength', 'Segment', 'So many tokens are read at a time.', [32, 4, 1024]);
const stateSize = number('stateSize', 'State', 'Numbers that each channel remembers.', [16, 1, 256]);
const innerWidth = number(
  'innerWidth',
  'Inner width',
  'Channels inside the block; 0 takes twice the width.',
  [0, 0, 8192],
);

const positions = choice('positions', 'Positions', 'How it knows where a token stands.', {
  rotary: 'RoPE',
  alibi: 'ALiBi',
  none: 'none',
});

const arxiv = (name: string, id: string) => ({ name, address: `https://arxiv.org/abs/${id}` });

/**
 * Every architecture that a column can be composed of: forms, links, colours and the worker read this list and no other.
 * A new architecture is one entry here, and its part in `worker/train/parts.ts`.
 */
export const architectures: readonly Architecture[] = [
  {
    kind: 'attention',
    name: 'Attention',
    family: (settings) => (isSparse(settings) ? 'sparse' : 'dense'),
    says: 'Every token looks at those before it, and takes from each what it needs.',
    paper: arxiv('Vaswani et al. 2017', '1706.03762'),
    package: 'attention',
    fields: [...patternFields, positions, heads, hiddenWidth],
    summary: (settings) => `${patternSummary(settings)}, ${plural(settings.heads ?? heads.default, 'head')}`,
    options: (settings) => {
      const pattern = patternOf(settings);
      return {
        ...headed(settings),
        positions: { kind: settings.positions ?? positions.default },
        ...(pattern && { pattern }),
      };
    },
    fault: headFault,
  },
  {
    kind: 'linear-attention',
    name: 'Linear attention',
    family: () => 'memory',
    says: 'Attention without a softmax, summed into one matrix for each head.',
    paper: arxiv('Katharopoulos et al. 2020', '2006.16236'),
    package: 'attention',
    fields: [heads, hiddenWidth],
    summary: (settings) => plural(settings.heads ?? heads.default, 'head'),
    options: headed,
    fault: headFault,
  },
  {
    kind: 'infini-attention',
    name: 'Infini-attention',
    family: () => 'memory',
    says: 'Looks within a segment, and asks a compressed memory of all before.',
    paper: arxiv('Munkhdalai et al. 2024', '2404.07143'),
    package: 'attention',
    fields: [segmentLength, heads, hiddenWidth],
    summary: (settings) => `segment ${settings.segmentLength ?? segmentLength.default}`,
    options: (settings) => ({ ...headed(settings), segmentLength: settings.segmentLength ?? segmentLength.default }),
    fault: headFault,
  },
  {
    kind: 'transformer-xl-attention',
    name: 'Transformer-XL',
    family: () => 'memory',
    says: 'Looks at its own segment, and at the vectors of the one before.',
    paper: arxiv('Dai et al. 2019', '1901.02860'),
    package: 'attention',
    fields: [
      number('memoryLength', 'Memory', 'Tokens before its segment that it sees.', [32, 4, 1024]),
      heads,
      hiddenWidth,
    ],
    summary: (settings) => `memory ${settings.memoryLength ?? 32}`,
    options: (settings) => ({ ...headed(settings), memoryLength: settings.memoryLength ?? 32 }),
    fault: headFault,
  },
  {
    kind: 'mamba',
    name: 'Mamba',
    family: () => 'state',
    says: 'Keeps one state of fixed size, and each token decides how much of it stays.',
    paper: arxiv('Gu and Dao 2023', '2312.00752'),
    package: 'mamba',
    fields: [
      stateSize,
      innerWidth,
      number('kernelSize', 'Kernel', 'Tokens that the short convolution mixes.', [4, 2, 8]),
    ],
    summary: (settings) => `state ${settings.stateSize ?? stateSize.default}`,
    options: (settings) => ({
      stateSize: settings.stateSize ?? stateSize.default,
      kernelSize: settings.kernelSize ?? 4,
      ...positive('innerWidth', settings),
    }),
  },
  {
    kind: 'mamba2',
    name: 'Mamba-2',
    family: () => 'state',
    says: 'A state for each head, computed as products of matrices.',
    paper: arxiv('Dao and Gu 2024', '2405.21060'),
    package: 'mamba',
    fields: [
      { ...stateSize, default: 32 },
      number('headSize', 'Head size', 'Channels that share a rate of forgetting.', [32, 4, 256]),
    ],
    summary: (settings) => `state ${settings.stateSize ?? 32}`,
    options: (settings) => ({ stateSize: settings.stateSize ?? 32, headSize: settings.headSize ?? 32 }),
    fault: (settings, { width }) =>
      divides(2 * width, Number(settings.headSize ?? 32), 'Twice the width', 'a head size'),
  },
  {
    kind: 's4d',
    name: 'S4D',
    family: () => 'state',
    says: 'A state that forgets at fixed rates, whatever the text says.',
    paper: arxiv('Gu et al. 2022', '2206.11893'),
    package: 'mamba',
    fields: [{ ...stateSize, default: 32 }],
    summary: (settings) => `state ${settings.stateSize ?? 32}`,
    options: (settings) => ({ stateSize: settings.stateSize ?? 32 }),
  },
  recurrent('lstm', 'LSTM', 'Gates say what a cell keeps, adds and shows.', {
    name: 'Hochreiter and Schmidhuber 1997',
    address: 'https://doi.org/10.1162/neco.1997.9.8.1735',
  }),
  recurrent('gru', 'GRU', 'Two gates mix what was with what comes.', arxiv('Cho et al. 2014', '1406.1078')),
  recurrent(
    'min-gru',
    'minGRU',
    'A GRU whose gate does not look back, so that it trains in parallel.',
    arxiv('Feng et al. 2024', '2410.01201'),
  ),
];

function recurrent(kind: string, name: string, says: string, paper: Architecture['paper']): Architecture {
  const units = number('hiddenWidth', 'Units', 'Numbers that it remembers; 0 takes the width.', [0, 0, 4096]);
  return {
    ...{ kind, name, says, paper, package: 'recurrent', fields: [units] as readonly Field[] },
    family: () => 'recurrent',
    summary: (settings) => (settings.hiddenWidth ? plural(settings.hiddenWidth, 'unit') : 'as wide as the model'),
    options: (settings) => positive('hiddenWidth', settings),
  };
}

function headed(settings: Settings): Record<string, unknown> {
  return { heads: settings.heads ?? heads.default, ...positive('hiddenWidth', settings) };
}

/** A number that 0 leaves to the part. */
function positive(name: string, settings: Settings): Record<string, unknown> {
  return settings[name] ? { [name]: settings[name] } : {};
}

function headFault(settings: Settings, { width }: Place): string | null {
  const count = Number(settings.heads ?? heads.default);
  const odd = (width / count) % 2 !== 0 && 'Heads must be of even size.';
  return divides(width, count, 'Width', 'heads') ?? (odd ? `${odd} Take ${near(width, count)}.` : null);
}

function divides(whole: number, part: number, name: string, of: string): string | null {
  return whole % part === 0 ? null : `${name} ${whole} is not divisible by ${part} ${of}. Take ${near(whole, part)}.`;
}

/** The nearest number that divides, or the two around. */
function near(whole: number, part: number): string {
  const fits = Array.from({ length: whole }, (_, index) => index + 1).filter(
    (each) => whole % each === 0 && (whole / each) % 2 === 0,
  );
  const below = fits.filter((each) => each < part).at(-1);
  const above = fits.find((each) => each > part);
  return [below, above].filter((each) => each !== undefined).join(' or ');
}

function plural(count: Settings[string], word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
