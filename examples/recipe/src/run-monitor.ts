import type { TrainProgress } from '@sequitur/train';
import { LearningCurve } from './learning-curve.js';
import { ProgressDisplay } from './run-progress.js';

/** Number of points of a whole learning curve, besides those of evaluations. */
const POINTS = 200;

/** Displays the progress of a run, and records its learning curve. */
export class RunMonitor {
  readonly #file: string;
  readonly #steps: number;
  readonly #onStep: ((progress: TrainProgress) => void) | undefined;
  readonly #started = performance.now();
  readonly #processorStarted = process.cpuUsage();
  #shown: { readonly curve: LearningCurve; readonly display: ProgressDisplay; readonly firstStep: number } | null =
    null;
  #step = 0;
  #losses: number[] = [];
  #mean = Number.NaN;
  #speed = Number.NaN;
  #validationLoss: number | undefined;

  constructor(curveFile: string, steps: number, onStep?: (progress: TrainProgress) => void) {
    this.#file = curveFile;
    this.#steps = steps;
    this.#onStep = onStep;
  }

  /** The last step. */
  get step(): number {
    return this.#step;
  }

  /** Seconds since the run began in this process. */
  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  /** CPU seconds since then. */
  get processorSeconds(): number {
    const { user, system } = process.cpuUsage(this.#processorStarted);
    return (user + system) / 1e6;
  }

  async tell(progress: TrainProgress): Promise<void> {
    const { step, loss, tokensPerSecond, validationLoss } = progress;
    this.#shown ??= await this.#open(step);
    this.#step = step;
    this.#losses.push(loss);
    this.#mean = mixed(this.#mean, loss, 0.05);
    this.#speed = mixed(this.#speed, tokensPerSecond, 0.05);
    this.#validationLoss = validationLoss ?? this.#validationLoss;
    const isPoint = step % Math.ceil(this.#steps / POINTS) === 0;
    if (isPoint || validationLoss !== undefined) await this.#addPoint(step, validationLoss);
    this.#show(validationLoss !== undefined);
    this.#onStep?.(progress);
  }

  /**
   * Ends the display.
   * @returns the learning curve
   */
  async close(): Promise<LearningCurve> {
    this.#shown?.display.close();
    if (this.#shown) return this.#shown.curve;
    const curve = await LearningCurve.open(this.#file, Infinity);
    this.#step = curve.points.at(-1)?.step ?? 0;
    return curve;
  }

  async #open(firstStep: number) {
    const curve = await LearningCurve.open(this.#file, firstStep - 1);
    if (firstStep > 1) console.log(`Resuming after step ${firstStep - 1} of ${this.#steps}.`);
    return { curve, firstStep, display: new ProgressDisplay(this.#steps, firstStep) };
  }

  async #addPoint(step: number, validationLoss: number | undefined): Promise<void> {
    const loss = this.#losses.reduce((sum, each) => sum + each, 0) / this.#losses.length;
    this.#losses = [];
    await this.#shown!.curve.add({ step, loss, ...(validationLoss !== undefined && { validationLoss }) });
  }

  #show(isEvaluated: boolean): void {
    const { display, firstStep } = this.#shown!;
    const seconds = this.seconds;
    const secondsLeft = (seconds * (this.#steps - this.#step)) / (this.#step - firstStep + 1);
    const [step, loss, tokensPerSecond, validationLoss] = [this.#step, this.#mean, this.#speed, this.#validationLoss];
    display.show({ step, loss, tokensPerSecond, validationLoss, seconds, secondsLeft }, isEvaluated);
  }
}

/** A running mean that starts from its first value. */
function mixed(mean: number, value: number, share: number): number {
  return Number.isNaN(mean) ? value : mean + share * (value - mean);
}
