import {
  both,
  causal,
  chosenBlocks,
  dilated,
  documents,
  either,
  except,
  fixed,
  full,
  globalTokens,
  type Pattern,
  prefix,
  randomBlocks,
  slidingWindow,
  strided,
} from '@sequitur/attention';
import { mamba, mamba2, s4d } from '@sequitur/mamba';
import { gru, lstm, minGru } from '@sequitur/recurrent';
import {
  attention,
  type BlockPart,
  infiniAttention,
  type LanguageModelConfig,
  linearAttention,
  type PositionsOptions,
  transformerXlAttention,
} from '@sequitur/transformer';

/** The parts that models saved for Python may have. */
export const PARTS = [
  ...[attention, linearAttention, infiniAttention, transformerXlAttention],
  ...[mamba, mamba2, s4d, lstm, gru, minGru],
];

/** Not a multiple of any segment, chunk, window or block here. */
export const LENGTH = 150;

/** What a causal model takes of a pattern. */
function past(pattern: Pattern): Pattern {
  return both(causal(), pattern);
}

const patterns: Readonly<Record<Pattern['kind'], Pattern>> = {
  causal: causal(),
  full: past(full()),
  slidingWindow: past(slidingWindow({ left: 5, right: 2 })),
  dilated: past(dilated({ left: 4, right: 3, dilation: 3 })),
  strided: strided(7),
  fixed: fixed({ stride: 8, summary: 2 }),
  globalTokens: past(either(slidingWindow({ left: 2 }), globalTokens([0, 9]))),
  randomBlocks: past(either(slidingWindow({ left: 1 }), randomBlocks({ seed: 5, blockSize: 4, blocks: 3 }))),
  chosenBlocks: past(
    either(
      slidingWindow({ left: 0 }),
      chosenBlocks({ blockSize: 5, chosen: [[0, 2], [1], [], [3, 0]] }),
      randomBlocks({ seed: -3, blockSize: 6, blocks: 2, length: LENGTH }),
    ),
  ),
  documents: past(documents([...Array(40).fill(0), ...Array(60).fill(1), 2])),
  prefix: past(prefix(12)),
  either: either(slidingWindow({ left: 3 }), strided(11)),
  both: both(strided(13), slidingWindow({ left: 30 })),
  // The first queries see nothing.
  except: except(causal(), slidingWindow({ left: 2 })),
};

const positions: Readonly<Record<string, PositionsOptions>> = {
  'positions of another base': { kind: 'rotary', base: 500 },
  'positions by linear scaling': { kind: 'rotary', scaling: { kind: 'linear', factor: 4 } },
  'positions by dynamic scaling': { kind: 'rotary', scaling: { kind: 'dynamic', factor: 3, trainedLength: 64 } },
  'positions of Llama 3': {
    kind: 'rotary',
    scaling: { kind: 'llama3', factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, trainedLength: 100 },
  },
  'positions by YaRN': { kind: 'rotary', scaling: { kind: 'yarn', factor: 4, trainedLength: 50 } },
  'positions by LongRoPE': {
    kind: 'rotary',
    scaling: {
      kind: 'longrope',
      shortFactors: [1, 1.5, 2, 3],
      longFactors: [1, 2, 4, 7],
      trainedLength: 100,
      amplitude: 1.1,
    },
  },
  ALiBi: { kind: 'alibi' },
  'no positions': { kind: 'none' },
};

const mixers: Readonly<Record<string, BlockPart>> = {
  'grouped queries': attention({ heads: 4, keyHeads: 2, activation: 'gelu_new', hiddenWidth: 20 }),
  'ALiBi in a window': attention({
    ...{ heads: 1, positions: { kind: 'alibi' as const } },
    pattern: slidingWindow({ left: 6 }),
  }),
  'linear attention': linearAttention({ heads: 2 }),
  'Infini-attention': infiniAttention({ heads: 2, segmentLength: 16 }),
  'Infini-attention without the delta rule': infiniAttention({ heads: 2, segmentLength: 16, delta: false }),
  'Transformer-XL': transformerXlAttention({ heads: 2, memoryLength: 12 }),
  'Transformer-XL, longer segments': transformerXlAttention({ heads: 2, memoryLength: 5, segmentLength: 32 }),
  Mamba: mamba({ stateSize: 4, kernelSize: 3, stepRank: 2, innerWidth: 24 }),
  'Mamba with its defaults': mamba(),
  'Mamba-2': mamba2({ stateSize: 8, headSize: 8, groups: 2, chunkLength: 16 }),
  'Mamba-2 of one chunk': mamba2({ stateSize: 8, headSize: 16, chunkLength: 256 }),
  S4D: s4d({ stateSize: 8 }),
  LSTM: lstm({ hiddenWidth: 12 }),
  GRU: gru(),
  minGRU: minGru(),
};

const sizes = { vocabularySize: 23, width: 16 };

const one = (block: BlockPart): LanguageModelConfig => ({ ...sizes, blocks: [block] });

/** One model for each mixer, pattern and encoding of positions, and one of all mixers. */
export const CASES: Readonly<Record<string, LanguageModelConfig>> = {
  ...Object.fromEntries(Object.entries(mixers).map(([name, block]) => [name, one(block)])),
  ...Object.fromEntries(
    Object.entries(patterns).map(([kind, pattern]) => [`pattern ${kind}`, one(attention({ heads: 2, pattern }))]),
  ),
  ...Object.fromEntries(
    Object.entries(positions).map(([name, encoding]) => [name, one(attention({ heads: 2, positions: encoding }))]),
  ),
  'ALiBi of six heads': {
    ...{ vocabularySize: 23, width: 24 },
    blocks: [attention({ heads: 6, positions: { kind: 'alibi' } })],
  },
  'learned positions, an untied head': {
    ...{ ...sizes, learnedPositions: LENGTH + 3, tied: false },
    blocks: [attention({ heads: 2, positions: { kind: 'none' } })],
  },
  'all mixers': { ...sizes, blocks: Object.values(mixers) },
};
