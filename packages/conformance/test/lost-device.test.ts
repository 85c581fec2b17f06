import { Bert, maskedLanguage } from '@sequitur/bert';
import {
  closeBackend,
  deserialize,
  openBackend,
  parametersOf,
  quantize,
  SequiturError,
  serialize,
} from '@sequitur/core';
import { generate } from '@sequitur/generation';
import { Gpt, llamaFamily } from '@sequitur/gpt';
import { onEachBackend } from '@sequitur/laws';
import { filesSink, filesSource } from '@sequitur/pretrained';
import { byteTokenizer } from '@sequitur/text';
import { adamW, evaluate, train } from '@sequitur/train';
import { Lora } from '@sequitur/transformer';
import { backend, dispose, tensor2d } from '@tensorflow/tfjs-core';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { failureOf } from './messages/expect-refused.js';

const CONFIG = { vocabularySize: 300, contextLength: 64, width: 8, depth: 1, heads: 2, hiddenWidth: 16 };
const tokenizer = byteTokenizer();
const batches = [{ inputs: [[1, 2, 3]], labels: [[2, 3, 4]] }];
const training = (model: Gpt) => train(model, batches, { optimizer: adamW({ learningRate: 1e-3 }), steps: 1 });

/** What a page awaits, of a model whose device is gone. */
const operations: Readonly<Record<string, (model: Gpt) => unknown>> = {
  generate: (model) => generate(model, [[1, 2]], { maxTokens: 4 }),
  complete: (model) => model.complete('a', { maxTokens: 4 }),
  'a beam search': (model) => generate(model, [[1]], { maxTokens: 3, beamSearch: { beams: 2 } }),
  say: (model) => model.chat({ template: 'a' }).say('b', { maxTokens: 4 }),
  train: training,
  evaluate: (model) => evaluate(model, batches),
  savePretrained: (model) => model.savePretrained(filesSink()),
  'a parameter, read': (model) => [...parametersOf(model).values()][0]!.read(),
  'Lora, merged': (model) => new Lora(model).merge(),
  quantize: (model) => quantize(model, { weights: 'int8' }),
};

onEachBackend('a device that is lost', () => {
  let model: Gpt;
  let lose: () => void;
  beforeEach(async () => {
    const opened = await openBackend('webgpu');
    model = Gpt.create(CONFIG as never, { family: llamaFamily as never, tokenizer });
    await opened.sync();
    lose = () => (backend() as unknown as { device: GPUDevice }).device.destroy();
  });
  afterAll(() => closeBackend('webgpu'));

  const expectLoss = (error: unknown) => {
    expect(error, String((error as Error)?.stack)).toBeInstanceOf(SequiturError);
    expect(String(error)).toMatch(/device.*call openBackend again and reload the model/s);
  };

  it('makes every operation that waits for it fail, and says what to do', async () => {
    lose();
    for (const [name, operation] of Object.entries(operations)) {
      const error = await failureOf(() => operation(model));
      expect(error, name).toBeDefined();
      expectLoss(error);
    }
  });

  it('ends what is running', async () => {
    const running = [
      failureOf(async () => {
        for await (const _ of generate(model, [[1]], { maxTokens: 20 })) lose();
      }),
      failureOf(() => training(model)),
      failureOf(() => model.savePretrained(filesSink())),
    ];
    for (const error of await Promise.all(running)) if (error !== undefined) expectLoss(error);
    expectLoss(await running[0]);
  });

  it('leaves states and files that were saved before usable on the next one', async () => {
    const sink = filesSink();
    await model.savePretrained(sink);
    const tokens = tensor2d([[1, 2]], [1, 2], 'int32');
    const { logits, state } = model.step(tokens, model.initState(1));
    const [saved, before] = [await serialize(state), await logits.data()];
    lose();
    expectLoss(await failureOf(() => serialize(model.step(tokens, model.initState(1)).state)));
    await openBackend('webgpu');
    const again = await Gpt.fromPretrained(filesSource(sink.files));
    const next = tensor2d([[1, 2]], [1, 2], 'int32');
    const anew = again.step(next, again.initState(1));
    expect([...(await anew.logits.data())]).toEqual([...before]);
    const third = tensor2d([[3]], [1, 1], 'int32');
    expect((await again.step(third, deserialize(saved) as never).logits.data()).every(Number.isFinite)).toBe(true);
    dispose([next, third]);
    again.dispose();
  });

  it('ends a load and a task of an encoder', async () => {
    const sink = filesSink();
    await model.savePretrained(sink);
    const sizes = { modelType: 'bert', vocabularySize: 300, contextLength: 16, width: 8, depth: 1, heads: 2 };
    const encoder = Bert.create({ ...sizes, hiddenWidth: 16 } as never, { head: maskedLanguage(), tokenizer });
    lose();
    const error = await failureOf(() => Gpt.fromPretrained(filesSource(sink.files)).then((made) => made.complete('a')));
    if (error !== undefined) expectLoss(error);
    const task = await failureOf(() => encoder.apply({ tokens: [[1, 2]] } as never).logits.data());
    expectLoss(task);
  });
}, ['webgpu']);
