import { progressBar, type TrainProgress } from '@sequitur/train';
import { LearningCurve } from './learning-curve.js';

/** Number of points of a whole learning curve, besides those of evaluations. */
const POINTS = 200;

/** Displays the progress of a run, and records its learning curve. */
export class RunMonitor {
  readonly #file: string;
  readonly #steps: number;
  readonly #onStep: ((progress: TrainProgress) => void) | undefined;
  readonly #started = performance.now();
  readonly #processorStarted = process.cpuUsage();
  readonly #bar = progressBar();
  #curve: LearningCurve | null = null;
  #step = 0;
  #losses: number[] = [];

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
    const { step, loss, validationLoss } = progress;
    this.#curve ??= await this.#open(step);
    this.#step = step;
    this.#losses.push(loss);
    const isPoint = step % Math.ceil(this.#steps / POINTS) === 0;
    if (isPoint || validationLoss !== undefined) await this.#addPoint(this.#curve, step, validationLoss);
    await this.#bar.onStep(progress);
    this.#onStep?.(progress);
  }

  /**
   * Ends the display.
   * @returns the learning curve
   */
  async close(): Promise<LearningCurve> {
    await this.#bar.onEnd({ step: this.#step, reason: 'finished' });
    if (this.#curve) return this.#curve;
    const curve = await LearningCurve.open(this.#file, Infinity);
    this.#step = curve.points.at(-1)?.step ?? 0;
    return curve;
  }

  async #open(firstStep: number): Promise<LearningCurve> {
    const step = firstStep - 1;
    if (step > 0) console.log(`Resuming after step ${step} of ${this.#steps}.`);
    await this.#bar.onStart({ step, steps: this.#steps });
    return LearningCurve.open(this.#file, step);
  }

  async #addPoint(curve: LearningCurve, step: number, validationLoss: number | undefined): Promise<void> {
    const loss = this.#losses.reduce((sum, each) => sum + each, 0) / this.#losses.length;
    this.#losses = [];
    await curve.add({ step, loss, ...(validationLoss !== undefined && { validationLoss }) });
  }
}
