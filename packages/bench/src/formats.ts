import { type CausalModel, scoped, tokenTensor } from '@sequitur/core';
import type { WeightFormat } from '@sequitur/pretrained';
import { perplexity } from '@sequitur/text';
import { parameterBytes } from './measure/parameter-bytes.js';
import { median } from './measure/statistics.js';
import { TokenReader } from './measure/token-reader.js';

/** Every format of weights, the exact one first. */
export const FORMATS: readonly WeightFormat[] = ['float32', 'bfloat16', 'float16', 'q8', 'q4'];

/** The costs of a format of weights, and its effect on the outputs. */
export interface FormatRecord {
  readonly format: WeightFormat;
  /** Bytes of the parameters in memory. */
  readonly bytes: number;
  /** Perplexity of all tokens but the first of each window: e to the mean loss in nats. */
  readonly perplexity: number;
  /** Largest difference of all logits from those of the first format. */
  readonly largestDifference: number;
  /** Fraction of positions with the most likely token of the first format. */
  readonly agreement: number;
  /** Median milliseconds of decoding one token. */
  readonly milliseconds: number;
  readonly tokens: number;
}

export interface FormatOptions {
  /** Formats, the first of which the others are compared with. */
  readonly formats: readonly WeightFormat[];
  /** Windows of equal length, each read from its own start. */
  readonly windows: readonly (readonly number[])[];
  /** Tokens to decode for the time. */
  readonly decoded: number;
}

/** Measures formats of weights one after another, so that one model is in memory at a time, on windows of tokens. */
export async function* measureFormats(
  open: (format: WeightFormat) => Promise<CausalModel>,
  { formats, windows, decoded }: FormatOptions,
): AsyncGenerator<FormatRecord> {
  const exact: Float32Array[] = [];
  for (const format of formats) {
    const model = await open(format);
    try {
      const sums = { loss: 0, tokens: 0, largest: 0, agreed: 0 };
      for (const [index, window] of windows.entries()) {
        const logits = await logitsOf(model, window);
        exact[index] ??= logits;
        compareLogits(window, [logits, exact[index]], sums);
      }
      yield {
        ...{ format, bytes: parameterBytes(model), tokens: sums.tokens, largestDifference: sums.largest },
        perplexity: perplexity(sums.loss / sums.tokens),
        agreement: sums.agreed / sums.tokens,
        milliseconds: await decodingTime(model, windows[0]!, decoded),
      };
    } finally {
      model.dispose();
    }
  }
}

/** Logits [length, vocabulary] of one window. */
async function logitsOf(model: CausalModel, window: readonly number[]): Promise<Float32Array> {
  const logits = scoped(() => model.step(tokenTensor([window], model.vocabularySize), model.initState(1)).logits);
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return values.slice();
}

interface Sums {
  loss: number;
  tokens: number;
  largest: number;
  agreed: number;
}

function compareLogits(
  window: readonly number[],
  [found, exact]: readonly [Float32Array, Float32Array],
  sums: Sums,
): void {
  const size = found.length / window.length;
  for (let position = 0; position + 1 < window.length; position++) {
    const [own, other] = [found, exact].map((all) => all.subarray(position * size, (position + 1) * size));
    const most = own!.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const total = own!.reduce((sum, logit) => sum + Math.exp(logit - most), 0);
    sums.loss += Math.log(total) + most - own![window[position + 1]!]!;
    sums.largest = own!.reduce(
      (largest, logit, token) => Math.max(largest, Math.abs(logit - other![token]!)),
      sums.largest,
    );
    sums.agreed += own!.indexOf(most) === other!.indexOf(other!.reduce((a, b) => Math.max(a, b))) ? 1 : 0;
    sums.tokens++;
  }
}

/** Median milliseconds of reading one token after half of a window. */
async function decodingTime(model: CausalModel, window: readonly number[], decoded: number): Promise<number> {
  const reader = new TokenReader(model);
  try {
    await reader.read(window.slice(0, Math.ceil(window.length / 2)));
    const times: number[] = [];
    for (let i = 0; i < decoded; i++) {
      const start = performance.now();
      await reader.read([window[i % window.length]!]);
      times.push(performance.now() - start);
    }
    return median(times);
  } finally {
    reader.dispose();
  }
}
