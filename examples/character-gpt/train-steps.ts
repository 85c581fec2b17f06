import type { CausalModel } from '@sequitur/core';
import { adamW, train, warmUpThenCosine } from '@sequitur/train';
import type { Data } from './train-for.js';

/** What a learning curve shows of one step. */
export interface CurvePoint {
  readonly step: number;
  /** Nats per character. */
  readonly loss: number;
  readonly validationLoss?: number;
}

/**
 * Trains so many steps by the recipe of nanoGPT's character model for small machines: AdamW, gradients of at most 1, a
 * warm-up of 100 steps, then a cosine; at twice its learning rate, 2e-3, which such a small model stands well.
 */
export async function trainSteps(model: CausalModel, steps: number, { data, validation }: Data): Promise<CurvePoint[]> {
  const learningRate = warmUpThenCosine({ peak: 2e-3, warmUp: Math.min(100, steps), steps, lowest: 2e-4 });
  const optimizer = adamW({ learningRate, beta2: 0.99, weightDecay: 0.1 });
  const evaluation = { data: () => validation, every: Math.min(250, steps) };
  const curve: CurvePoint[] = [];
  const started = performance.now();
  try {
    for await (const { step, loss, validationLoss } of train(model, data, { optimizer, steps, clip: 1, evaluation })) {
      curve.push({ step, loss, ...(validationLoss !== undefined && { validationLoss }) });
      if (validationLoss === undefined) continue;
      const minutes = (performance.now() - started) / 60_000;
      console.log(
        `step ${step}: loss ${loss.toFixed(3)}, validation ${validationLoss.toFixed(3)}, ${minutes.toFixed(1)} minutes`,
      );
    }
  } finally {
    optimizer.dispose();
  }
  return curve;
}
