import { openBar } from '#platform';
import type { TerminalBar } from '../platform/log-file.js';
import type { TrainProgress } from '../train-progress.js';
import type { TrainCallbacks, TrainStart } from './callbacks.js';

type Present<T> = { readonly [Name in keyof T]-?: NonNullable<T[Name]> };

export type ProgressBar = Present<Pick<TrainCallbacks, 'onStart' | 'onStep' | 'onEnd'>>;

/** Shows the progress of a run: a bar on a terminal, elsewhere a line at every evaluation. */
export function progressBar(): ProgressBar {
  let bar: TerminalBar | null = null;
  let begun: TrainStart = { step: 0, steps: undefined };
  let started = 0;
  let [loss, speed] = [Number.NaN, Number.NaN];
  let validationLoss: number | undefined;

  const describe = (step: number): string => {
    const seconds = (performance.now() - started) / 1000;
    const left = begun.steps === undefined ? 0 : (seconds * (begun.steps - step)) / (step - begun.step);
    return [
      `loss ${loss.toFixed(3)}`,
      validationLoss === undefined ? '' : `validation ${validationLoss.toFixed(3)}`,
      speed > 0 ? `${Math.round(speed).toLocaleString('en')} tokens/s` : '',
      left > 0 ? `${duration(left)} left` : duration(seconds),
    ]
      .filter(Boolean)
      .join(', ');
  };

  return {
    onStart: (start) => {
      [begun, started] = [start, performance.now()];
      bar = start.steps === undefined ? null : openBar(start.steps, start.step);
    },
    onStep: (progress: TrainProgress) => {
      loss = mixed(loss, progress.loss);
      speed = mixed(speed, progress.tokensPerSecond);
      validationLoss = progress.validationLoss ?? validationLoss;
      bar?.update(progress.step, describe(progress.step));
      if (!bar && progress.validationLoss !== undefined) {
        const of = begun.steps === undefined ? '' : ` of ${begun.steps}`;
        console.log(`step ${progress.step}${of}: ${describe(progress.step)}`);
      }
    },
    onEnd: () => bar?.stop(),
  };
}

/** A running mean that starts from its first value. */
function mixed(mean: number, value: number, share = 0.05): number {
  return Number.isNaN(mean) ? value : mean + share * (value - mean);
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${(seconds / 60).toFixed(1)} min`;
}
