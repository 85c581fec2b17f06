import { progress } from '@clack/prompts';
import type { CausalModel } from '@sequitur/core';
import { adamW, evaluate, type TokenBatch, train, warmUpThenCosine } from '@sequitur/train';

export interface Data {
  readonly data: Iterable<TokenBatch>;
  readonly validation: readonly TokenBatch[];
}

/** Steps that show how fast the machine is, before the length of the run is settled. */
const TRIAL_STEPS = 20;
const BAR_UNITS = 1000;

/**
 * Trains for about so many seconds, with a bar that tells the loss, the speed and the time left. Ctrl+C ends the
 * training early and keeps what was learnt.
 */
export async function trainFor(model: CausalModel, seconds: number, { data, validation }: Data): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once('SIGINT', interrupt);
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  let steps = Number.POSITIVE_INFINITY;
  const rate = (step: number) =>
    warmUpThenCosine({ peak: 3e-3, warmUp: 50, steps: Number.isFinite(steps) ? steps : 1e9 })(step);
  const optimizer = adamW({ learningRate: rate, beta2: 0.99, weightDecay: 0.1 });
  const bar = progress({ max: BAR_UNITS, size: 30, style: 'block', indicator: 'timer' });
  bar.start('Training');
  let [shown, loss, speed, validationLoss] = [0, Number.NaN, 0, Number.NaN];
  let nextEvaluation = seconds / 6;
  try {
    for await (const now of train(model, data, { optimizer, clip: 1 })) {
      if (now.step === TRIAL_STEPS) steps = Math.ceil((TRIAL_STEPS * seconds) / elapsed());
      loss = mix(loss, now.loss, 0.05);
      speed = mix(speed || now.tokensPerSecond, now.tokensPerSecond, 0.05);
      if (elapsed() > nextEvaluation) {
        validationLoss = await evaluate(model, validation.slice(0, 20));
        nextEvaluation = elapsed() + seconds / 6;
      }
      const units = Math.min(BAR_UNITS, Math.floor((BAR_UNITS * elapsed()) / seconds));
      bar.advance(units - shown, describe({ step: now.step, loss, speed, validationLoss, left: seconds - elapsed() }));
      shown = units;
      if (elapsed() >= seconds || interrupted.signal.aborted) break;
    }
    bar.stop(describe({ step: 0, loss, speed, validationLoss, left: 0 }));
  } finally {
    process.off('SIGINT', interrupt);
    optimizer.dispose();
  }
}

interface Standing {
  readonly step: number;
  readonly loss: number;
  readonly speed: number;
  readonly validationLoss: number;
  readonly left: number;
}

function describe({ step, loss, speed, validationLoss, left }: Standing): string {
  return [
    step > 0 ? `step ${step}` : 'Trained',
    `loss ${loss.toFixed(3)}`,
    Number.isNaN(validationLoss) ? '' : `validation ${validationLoss.toFixed(3)}`,
    `${Math.round(speed).toLocaleString('en')} tokens/s`,
    left > 0 ? `${Math.ceil(left)} s left` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** A running mean that begins with its first value. */
function mix(mean: number, value: number, share: number): number {
  return Number.isNaN(mean) ? value : mean + share * (value - mean);
}
