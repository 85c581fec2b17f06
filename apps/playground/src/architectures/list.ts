import { type Architecture, choice, type Field, number, type Place, type Settings } from './architecture.js';
import { isSparse, patternFields, patternOf, patternSummary } from './patterns.js';

const heads = number('heads', 'Heads', 'Number of attention heads.', [4, 1, 64]);
const hiddenWidth = number(
  'hiddenWidth',
  'Feed-forward',
  "Width of the feed-forward network; 0 means 8/3 of the model's width.",
  [0, 0, 8192],
);
const segmentLength = number('segmentLength', 'Segment', 'Tokens per segment.', [32, 4, 1024]);
const stateSize = number('stateSize', 'State', 'State size per channel.', [16, 1, 256]);
const innerWidth = number(
  'innerWidth',
  'Inner width',
  "Channels inside the block; 0 means twice the model's width.",
  [0, 0, 8192],
);

const positions = choice('positions', 'Positions', 'Positional encoding.', {
  rotary: 'RoPE',
  alibi: 'ALiBi',
  none: 'none',
});

const arxiv = (name: string, id: string) => ({ name, address: `https://arxiv.org/abs/${id}` });

/**
 * Every type of block. Forms, links, colours and the worker all read this list: a new block type is one entry here, and
 * its part in `worker/train/parts.ts`.
 */
export const architectures: readonly Architecture[] = [
  {
    kind: 'attention',
    name: 'Attention',
    family: (settings) => (isSparse(settings) ? 'sparse' : 'dense'),
    says: 'Every token attends to the tokens before it, by learned weights.',
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
    says: 'Attends within a segment, and reads a compressive memory of all earlier ones.',
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
    says: 'Attends to its segment, and to the cached hidden states of the previous one.',
    paper: arxiv('Dai et al. 2019', '1901.02860'),
    package: 'attention',
    fields: [number('memoryLength', 'Memory', 'Cached tokens before the segment.', [32, 4, 1024]), heads, hiddenWidth],
    summary: (settings) => `memory ${settings.memoryLength ?? 32}`,
    options: (settings) => ({ ...headed(settings), memoryLength: settings.memoryLength ?? 32 }),
    fault: headFault,
  },
  {
    kind: 'mamba',
    name: 'Mamba',
    family: () => 'state',
    says: 'Keeps a state of fixed size; each token selects how much of it is kept.',
    paper: arxiv('Gu and Dao 2023', '2312.00752'),
    package: 'mamba',
    fields: [stateSize, innerWidth, number('kernelSize', 'Kernel', 'Kernel size of the short convolution.', [4, 2, 8])],
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
    says: 'A state per head, computed by matrix products.',
    paper: arxiv('Dao and Gu 2024', '2405.21060'),
    package: 'mamba',
    fields: [
      { ...stateSize, default: 32 },
      number('headSize', 'Head size', 'Channels that share a decay rate.', [32, 4, 256]),
    ],
    summary: (settings) => `state ${settings.stateSize ?? 32}`,
    options: (settings) => ({ stateSize: settings.stateSize ?? 32, headSize: settings.headSize ?? 32 }),
    fault: (settings, { width }) =>
      divides(2 * width, Number(settings.headSize ?? 32), 'Twice the width', 'a head size'),
  },
  matrixState(
    'gated-delta-net',
    'Gated DeltaNet',
    'A matrix per head, in which each token replaces the value stored under its key.',
    arxiv('Yang et al. 2024', '2412.06464'),
  ),
  matrixState(
    'kimi-delta',
    'Kimi delta attention',
    'Gated DeltaNet with a decay for each row of the matrix.',
    arxiv('Kimi Team 2025', '2510.26692'),
  ),
  matrixState(
    'rwkv7',
    'RWKV-7',
    'A matrix per head, from which each token removes a part before it writes.',
    arxiv('Peng et al. 2025', '2503.14456'),
  ),
  matrixState(
    'mlstm',
    'mLSTM',
    'The matrix state of xLSTM, with exponential input gates.',
    arxiv('Beck et al. 2024', '2405.04517'),
  ),
  matrixState(
    'mamba3',
    'Mamba-3',
    'A state per head whose keys are rotated by angles that the input gives.',
    arxiv('Lahoti et al. 2026', '2603.15569'),
  ),
  matrixState(
    'mesa',
    'Mesa',
    'Solves a least squares problem over all earlier tokens at each one.',
    arxiv('von Oswald et al. 2025', '2506.05233'),
  ),
  matrixState(
    'rg-lru',
    'RG-LRU',
    'The recurrence of Griffin: channels with gated decay rates.',
    arxiv('De et al. 2024', '2402.19427'),
  ),
  {
    kind: 's4d',
    name: 'S4D',
    family: () => 'state',
    says: 'A state with fixed decay rates, independent of the input.',
    paper: arxiv('Gu et al. 2022', '2206.11893'),
    package: 'mamba',
    fields: [{ ...stateSize, default: 32 }],
    summary: (settings) => `state ${settings.stateSize ?? 32}`,
    options: (settings) => ({ stateSize: settings.stateSize ?? 32 }),
  },
  recurrent('lstm', 'LSTM', 'Gates control what a cell keeps, adds and outputs.', {
    name: 'Hochreiter and Schmidhuber 1997',
    address: 'https://doi.org/10.1162/neco.1997.9.8.1735',
  }),
  recurrent('gru', 'GRU', 'Two gates mix the old state with the new input.', arxiv('Cho et al. 2014', '1406.1078')),
  recurrent(
    'min-gru',
    'minGRU',
    'A GRU whose gate does not depend on the state, so that it trains in parallel.',
    arxiv('Feng et al. 2024', '2410.01201'),
  ),
];

function matrixState(kind: string, name: string, says: string, paper: Architecture['paper']): Architecture {
  return {
    ...{ kind, name, says, paper, package: 'mamba', fields: [heads, hiddenWidth] as readonly Field[] },
    family: () => 'state',
    summary: (settings) => plural(settings.heads ?? heads.default, 'head'),
    options: headed,
    fault: headFault,
  };
}

function recurrent(kind: string, name: string, says: string, paper: Architecture['paper']): Architecture {
  const units = number('hiddenWidth', 'Units', "State size; 0 means the model's width.", [0, 0, 4096]);
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

/** A number option; 0 means the part's default. */
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

/** The nearest divisor, or the two nearest. */
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
