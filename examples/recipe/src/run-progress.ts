import { SingleBar } from 'cli-progress';

/** Progress of a run. */
export interface RunProgress {
  readonly step: number;
  /** Running mean of the loss. */
  readonly loss: number;
  readonly tokensPerSecond: number;
  readonly validationLoss: number | undefined;
  /** Training time in this process, in seconds. */
  readonly seconds: number;
  readonly secondsLeft: number;
}

/** Displays the progress: a bar on a terminal, elsewhere a line at every evaluation. */
export class ProgressDisplay {
  readonly #steps: number;
  readonly #bar: SingleBar | null;

  constructor(steps: number, firstStep: number) {
    this.#steps = steps;
    this.#bar = process.stdout.isTTY
      ? new SingleBar({ format: '{bar} {text}', barsize: 24, gracefulExit: false })
      : null;
    this.#bar?.start(steps, firstStep, { text: '' });
  }

  show(standing: RunProgress, isEvaluated: boolean): void {
    this.#bar?.update(standing.step, { text: describe(standing) });
    if (!this.#bar && isEvaluated) console.log(`step ${standing.step} of ${this.#steps}: ${describe(standing)}`);
  }

  close(): void {
    this.#bar?.stop();
  }
}

function describe({ loss, tokensPerSecond, validationLoss, seconds, secondsLeft }: RunProgress): string {
  return [
    `loss ${loss.toFixed(3)}`,
    validationLoss === undefined ? '' : `validation ${validationLoss.toFixed(3)}`,
    tokensPerSecond > 0 ? `${Math.round(tokensPerSecond).toLocaleString('en')} tokens/s` : '',
    secondsLeft > 0 ? `${duration(secondsLeft)} left` : `${duration(seconds)}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${(seconds / 60).toFixed(1)} min`;
}
