import { Gpt } from '@sequitur/gpt';
import type { WeightFormat } from '@sequitur/pretrained';
import { parameterBytes } from './measure/parameter-bytes.js';
import { TokenReader } from './measure/token-reader.js';

/** The cost of loading a checkpoint and of decoding with it. */
export interface LoadRecord {
  readonly secondsToLoad: number;
  /** Bytes of the parameters in memory. */
  readonly bytes: number;
  /** Peak bytes of the whole process, where the system reports them. */
  readonly peakBytes: number;
  readonly secondsToFirstToken: number;
  readonly tokensPerSecond: number;
}

/** Loads a checkpoint and decodes greedily from a prompt of 16 tokens. */
export async function measureLoad(
  folder: string,
  { dtype, decoded }: { readonly dtype: WeightFormat; readonly decoded: number },
): Promise<LoadRecord> {
  const started = performance.now();
  const model = await Gpt.fromPretrained(folder, { dtype });
  const reader = new TokenReader(model);
  try {
    const loaded = performance.now();
    let token = likeliest(await reader.read(Array.from({ length: 16 }, (_, i) => i + 1)));
    const first = performance.now();
    for (let i = 0; i < decoded; i++) token = likeliest(await reader.read([token]));
    const ended = performance.now();
    return {
      ...{ bytes: parameterBytes(model), peakBytes: 1024 * process.resourceUsage().maxRSS },
      ...{ secondsToLoad: (loaded - started) / 1000, secondsToFirstToken: (first - loaded) / 1000 },
      tokensPerSecond: (1000 * decoded) / (ended - first),
    };
  } finally {
    reader.dispose();
    model.dispose();
  }
}

function likeliest(logits: Float32Array): number {
  return logits.reduce((best, logit, token) => (logit > logits[best]! ? token : best), 0);
}
