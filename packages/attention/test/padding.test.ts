import { initialize, type SequenceMixer, scoped } from '@sequitur/core';
import { drawNormal, expectClose, onEachBackend, stir } from '@sequitur/laws';
import { slice, type Tensor3D, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  both,
  causal,
  dilated,
  documents,
  fixed,
  globalTokens,
  InfiniAttention,
  MultiHeadAttention,
  type Pattern,
  paddingPlaces,
  prefix,
  RelativeBuckets,
  randomBlocks,
  slidingWindow,
  strided,
  TransformerXlAttention,
} from '../src/index.js';

const width = 8;
const around: readonly Pattern[] = [
  slidingWindow(3),
  dilated({ left: 2, right: 0, dilation: 2 }),
  strided(3),
  both(causal(), slidingWindow({ left: 2, right: 2 })),
];
const after: readonly Pattern[] = [
  fixed({ stride: 3 }),
  both(causal(), globalTokens([0])),
  prefix(2),
  both(causal(), randomBlocks({ seed: 1, blockSize: 2, blocks: 1 })),
  both(causal(), documents([0, 0, 1, 1, 1, 1, 1, 1])),
];

onEachBackend('attention and padding', () => {
  const ofPattern = async (pattern: Pattern) => stirred(new MultiHeadAttention({ width, heads: 2, pattern }));

  for (const pattern of around) {
    it(`reads padding before and after the tokens as the tokens alone, and refuses it between them: ${pattern.kind}`, async () => {
      const mixer = await ofPattern(pattern);
      const [found, wanted] = scoped(() => {
        const x = drawNormal([1, 8, width], 'x') as Tensor3D;
        const alone = positions(read(mixer, positions(x, 2, 5)), 0, 5);
        return [positions(read(mixer, x, [0, 0, 1, 1, 1, 1, 1, 0]), 2, 5), alone];
      });
      await expectClose(found, wanted, 1e-5);
      expect(() => scoped(() => read(mixer, drawn(8), [1, 1, 0, 1, 1, 1, 1, 1]))).toThrow(
        /attentionMask, row 0.*between/,
      );
      mixer.dispose();
    });
  }

  for (const pattern of after) {
    it(`refuses padding before the tokens, and packed rows, where places are fixed: ${pattern.kind}`, async () => {
      const mixer = await ofPattern(pattern);
      expect(paddingPlaces(pattern)).toBe('after');
      expect(() => scoped(() => read(mixer, drawn(8), [1, 1, 1, 1, 1, 1, 0, 0]))).not.toThrow();
      expect(() => scoped(() => read(mixer, drawn(8), [0, 0, 1, 1, 1, 1, 1, 1]))).toThrow(/2 positions of padding/);
      const resets = tensor2d([[0, 0, 1, 0, 0, 0, 0, 0]]);
      expect(() => scoped(() => mixer.mix(drawn(8), mixer.initState(1), { resets }))).toThrow(/resets/);
      resets.dispose();
      mixer.dispose();
    });
  }

  it('refuses tokens after padding that a state holds, where distances count', async () => {
    const mixer = await ofPattern(slidingWindow(3));
    expect(() =>
      scoped(() => {
        const { state } = mixer.mix(drawn(4), mixer.initState(1), { attentionMask: mask([1, 1, 1, 0]) });
        mixer.mix(drawn(2), state, {});
      }),
    ).toThrow(/between/);
    mixer.dispose();
  });

  it('refuses padding between tokens where buckets of distances count it', async () => {
    const buckets = new RelativeBuckets({ heads: 2, bidirectional: false, buckets: 4, maxDistance: 8 });
    const mixer = await stirred(new MultiHeadAttention({ width, heads: 2, positions: buckets }));
    expect(() => scoped(() => read(mixer, drawn(6), [0, 1, 1, 1, 1, 0]))).not.toThrow();
    expect(() => scoped(() => read(mixer, drawn(6), [1, 0, 1, 1, 1, 1]))).toThrow(/between/);
    mixer.dispose();
  });

  it('refuses any mask where segments count positions', async () => {
    const mixers = [
      await stirred(new InfiniAttention({ width, heads: 2, segmentLength: 3 })),
      await stirred(new TransformerXlAttention({ width, heads: 2, headSize: 4, memoryLength: 3 })),
    ];
    for (const mixer of mixers) {
      expect(() => scoped(() => read(mixer as SequenceMixer, drawn(5), [1, 1, 1, 1, 0]))).toThrow(/attentionMask/);
      mixer.dispose();
    }
  });
});

async function stirred<M extends MultiHeadAttention | InfiniAttention | TransformerXlAttention>(mixer: M): Promise<M> {
  await stir(initialize(mixer, 1), 0.15);
  return mixer;
}

const drawn = (length: number) => drawNormal([1, length, width], 'x') as Tensor3D;
const mask = (row: readonly number[]) => tensor2d([...row], [1, row.length], 'int32');

function read(mixer: SequenceMixer, x: Tensor3D, row?: readonly number[]): Tensor3D {
  return mixer.mix(x, mixer.initState(1), row ? { attentionMask: mask(row) } : {}).output;
}

function positions(x: Tensor3D, start: number, count: number): Tensor3D {
  return slice(x, [0, start, 0], [1, count, width]);
}
