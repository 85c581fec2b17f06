import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CurvePoint, type CurveStyle, drawLearningCurve } from './draw-learning-curve.js';

/** The learning curve of a run, in a file with one point per line, so that a resumed run continues it. */
export class LearningCurve {
  readonly points: CurvePoint[];
  readonly #file: string;

  private constructor(file: string, points: CurvePoint[]) {
    this.#file = file;
    this.points = points;
  }

  /** @param lastStep later points are removed, since the resumed run repeats their steps */
  static async open(file: string, lastStep: number): Promise<LearningCurve> {
    const text = lastStep > 0 ? await readFile(file, 'utf8').catch(() => '') : '';
    const points = text.split('\n').flatMap(pointOf);
    const curve = new LearningCurve(
      file,
      points.filter(({ step }) => step <= lastStep),
    );
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, curve.points.map(lineOf).join(''));
    return curve;
  }

  async add(point: CurvePoint): Promise<void> {
    this.points.push(point);
    await appendFile(this.#file, lineOf(point));
  }

  /** Draws training and validation loss by step as an SVG file. */
  async draw(file: string, style: CurveStyle): Promise<void> {
    await writeFile(file, drawLearningCurve(this.points, style));
  }
}

function lineOf(point: CurvePoint): string {
  return `${JSON.stringify(point)}\n`;
}

/** The point of a line; none if the line is incomplete after a kill, or no point. */
function pointOf(line: string): CurvePoint[] {
  try {
    const point = line === '' ? null : (JSON.parse(line) as Partial<CurvePoint> | null);
    return isPoint(point) ? [point] : [];
  } catch {
    return [];
  }
}

function isPoint(point: Partial<CurvePoint> | null): point is CurvePoint {
  const { step, loss = 0, validationLoss = 0 } = point ?? {};
  return Number.isSafeInteger(step) && Number.isFinite(loss) && Number.isFinite(validationLoss);
}
