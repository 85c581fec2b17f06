import { full, prefix, slidingWindow } from '@sequitur/attention';
import { onEachBackend } from '@sequitur/laws';
import { dispose, type Tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { attention, LanguageModel } from '../src/index.js';

const config = { vocabularySize: 12, width: 8, learnedPositions: 16 };
const sees = 'expected a causal mixer, in which no position attends to a later one';

it('refuses a pattern that sees what comes, from parts and from what a saved model says', () => {
  for (const pattern of [full(), slidingWindow({ left: 2, right: 1 }), prefix(3)]) {
    const blocks = [attention({ heads: 2 }), attention({ heads: 2, pattern })];
    const message = `a causal model, blocks.1.mixer: ${sees}, got MultiHeadAttention with pattern {"kind":"${pattern.kind}"`;
    expect(() => LanguageModel.create({ ...config, blocks })).toThrow(message);
    const saved = JSON.parse(JSON.stringify(blocks.map(({ options }) => options)));
    const again = saved.map((options: object) => attention(options));
    expect(() => new LanguageModel({ ...config, blocks: again })).toThrow(message);
  }
});

onEachBackend('a causal model', () => {
  const blocks = [attention({ heads: 2 }), attention({ heads: 2, positions: { kind: 'alibi' } })];
  const make = () => LanguageModel.create({ ...config, blocks }, { seed: 3 });

  it('says what is wrong with tokens, masks and states', () => {
    const model = make();
    const deeper = LanguageModel.create({ ...config, blocks: [...blocks, attention({ heads: 2 })] });
    const tokens = tensor2d([[1, 2]], [1, 2], 'int32');
    const zeros = (shape: [number, number]) => tensor2d(new Array(shape[0] * shape[1]).fill(0), shape, 'int32');
    const read = model.step(tokens, model.initState(1));
    const gone = model.step(tokens, model.initState(1));
    dispose(gone.state.blocks as never);
    const refusals: [() => { logits: Tensor }, string][] = [
      [() => model.step(tensor1d([1, 2], 'int32') as never, model.initState(1)), 'expected shape [batch, length] with'],
      [() => model.step(tensor2d([[1, 2]]), model.initState(1)), 'tokens: expected dtype int32, got float32'],
      [() => model.step(tokens, model.initState(1), { positions: zeros([2, 2]) }), 'positions: expected shape [1, 2]'],
      [
        () => model.step(tokens, model.initState(1), { attentionMask: zeros([1, 3]) }),
        'attentionMask: expected shape [1, 2]',
      ],
      [() => model.step(tokens, model.initState(1), { resets: zeros([2, 2]) }), 'resets: expected shape [1, 2]'],
      [() => model.step(tokens, deeper.initState(1)), 'state: expected a state of 2 blocks, got 3 blocks'],
      [
        () => model.step(zeros([3, 1]), read.state),
        'state: expected a state of 3 rows, like the tokens, got a tensor of shape [1,',
      ],
      [() => model.step(tokens, gone.state), 'a state that was not disposed'],
      [() => model.step(tensor2d([[1, 12]], [1, 2], 'int32'), model.initState(1)), 'expected an integer from 0 to 11'],
    ];
    for (const [call, message] of refusals) expect(call).toThrow(message);
    model.dispose();
    deeper.dispose();
  });

  it('reads packed sequences as it reads each alone, with learned positions that begin anew', async () => {
    const model = make();
    const ids = [3, 1, 4, 1, 5, 9, 2, 6];
    const tokens = tensor2d([ids], [1, 8], 'int32');
    const resets = tensor2d([[0, 0, 0, 1, 0, 0, 1, 0]], [1, 8]);
    const packed = await model.step(tokens, model.initState(1), { resets }).logits.data();
    let place = 0;
    for (const length of [3, 3, 2]) {
      const alone = tensor2d([ids.slice(place, place + length)], [1, length], 'int32');
      const logits = await model.step(alone, model.initState(1)).logits.data();
      for (const [i, value] of logits.entries()) expect(Math.abs(packed[place * 12 + i]! - value)).toBeLessThan(1e-5);
      place += length;
    }
    model.dispose();
  });
});
