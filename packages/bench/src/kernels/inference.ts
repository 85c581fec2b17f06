import { disposeState, Random, replaceState, tokenTensor } from '@sequitur/core';
import { Gpt, type Gpt2Config } from '@sequitur/gpt';
import { dispose } from '@tensorflow/tfjs-core';
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { interleaved, type Timing } from '../measure/interleave.js';
import { threadsOfOurs } from '../measure/open-with-threads.js';
import { type Summary, summarize } from '../measure/statistics.js';
import { gpt2Graph } from '../onnx/gpt2-graph.js';
import { floatTensor, idTensor, openSession } from '../onnx/session.js';
import { useOurs } from '../stock/stock-backend.js';

/** Decodes token by token with a KV cache. */
interface Reader {
  /** Logits of the last token. */
  read(ids: readonly number[]): Promise<Float32Array>;
  reset(): void;
}

export interface InferenceResult {
  /** Tokens per second. */
  readonly prefill: ReadonlyMap<string, Summary>;
  readonly decode: ReadonlyMap<string, Summary>;
}

export interface InferenceOptions {
  readonly timing: Timing;
  /** Length of the prompt in tokens. */
  readonly prompt: number;
  /** Number of tokens decoded in every round. */
  readonly decoded: number;
}

/**
 * Measures a GPT-2 with random weights, by our step and by onnxruntime-web in turn, after checking that their logits
 * agree.
 */
export async function measureInference(config: Gpt2Config, options: InferenceOptions): Promise<InferenceResult> {
  await useOurs();
  const model = Gpt.create(config, { seed: 1 });
  const session = await openSession(await gpt2Graph(model), threadsOfOurs());
  const readers = { Sequitur: ourReader(model), 'onnxruntime-web': await onnxReader(session, config) };
  const random = Random.fromSeed('prompt');
  const prompt = Array.from({ length: options.prompt }, () => random.integer(config.vocabularySize));
  await checkAgreement(Object.values(readers), prompt.slice(0, 5));
  const time = (name: string, run: (reader: Reader) => Promise<unknown>, tokens: number, clean: boolean) => {
    const contenders = Object.entries(readers).map(([contender, reader]) => ({
      name: contender,
      prepare: () => (clean ? reader.reset() : undefined),
      run: () => run(reader) as Promise<void>,
    }));
    return { name, contenders, tokens };
  };
  const speeds = async ({ contenders, tokens }: ReturnType<typeof time>) => {
    const times = await interleaved(contenders, options.timing);
    return new Map([...times].map(([name, sample]) => [name, summarize(sample.map((ms) => (1000 * tokens) / ms))]));
  };
  const prefill = await speeds(time('prefill', (reader) => reader.read(prompt), options.prompt, true));
  const decode = await speeds(
    time(
      'decode',
      async (reader) => {
        for (let count = 0; count < options.decoded; count++) await reader.read([prompt[count % prompt.length]!]);
      },
      options.decoded,
      false,
    ),
  );
  for (const reader of Object.values(readers)) reader.reset();
  await session.release();
  model.dispose();
  return { prefill, decode };
}

function ourReader(model: Gpt): Reader {
  let state = model.initState(1);
  return {
    read: async (ids) => {
      const tokens = tokenTensor([ids], model.vocabularySize);
      const next = model.step(tokens, state, { logits: 'last' });
      state = replaceState(state, next.state);
      const logits = (await next.logits.data()) as Float32Array;
      dispose([tokens, next.logits]);
      return logits;
    },
    reset: () => {
      disposeState(state);
      state = model.initState(1);
    },
  };
}

async function onnxReader(session: InferenceSession, { depth, heads, width }: Gpt2Config): Promise<Reader> {
  const empty = await floatTensor(new Float32Array(0), [2, 1, heads, 0, width / heads]);
  const names = Array.from({ length: depth }, (_, index) => index);
  let [length, past] = [0, names.map(() => empty as Tensor)];
  return {
    read: async (ids) => {
      const feeds: Record<string, Tensor> = {
        ids: await idTensor(ids, [1, ids.length]),
        positions: await idTensor(
          Array.from(ids, (_, index) => length + index),
          [ids.length],
        ),
      };
      for (const index of names) feeds[`past${index}`] = past[index]!;
      const results = await session.run(feeds);
      past = names.map((index) => results[`present${index}`] as Tensor);
      length += ids.length;
      return results.logits!.data as Float32Array;
    },
    reset: () => {
      length = 0;
      past = names.map(() => empty as Tensor);
    },
  };
}

async function checkAgreement(readers: readonly Reader[], ids: readonly number[]): Promise<void> {
  const [first, ...others] = await Promise.all(
    readers.map(async (reader) => {
      await reader.read(ids.slice(0, -1));
      return reader.read(ids.slice(-1));
    }),
  );
  for (const other of others) {
    const difference = first!.reduce((worst, value, at) => Math.max(worst, Math.abs(value - other[at]!)), 0);
    if (!(difference < 1e-3)) throw new Error(`onnxruntime-web's logits differ from ours by ${difference}`);
  }
}
