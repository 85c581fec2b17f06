import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as echarts from 'echarts';

/** What a learning curve shows of one step. */
export interface CurvePoint {
  readonly step: number;
  /** Mean training loss since the point before; absent before the first step. */
  readonly loss?: number;
  readonly validationLoss?: number;
}

export interface CurveStyle {
  readonly title: string;
  /** Of the losses: `nats per phoneme`. */
  readonly unit: string;
}

/** The learning curve of a run, kept in a file, a point a line, so that it outlives the process. */
export class LearningCurve {
  readonly points: CurvePoint[];
  readonly #file: string;

  private constructor(file: string, points: CurvePoint[]) {
    this.#file = file;
    this.points = points;
  }

  /** @param lastStep points after it belong to steps that the run takes again, and go */
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
  async draw(file: string, { title, unit }: CurveStyle): Promise<void> {
    const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 800, height: 480 });
    const line = (name: 'loss' | 'validationLoss') =>
      this.points.flatMap((point) => (point[name] === undefined ? [] : [[point.step, point[name]] as const]));
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      title: { text: title, left: 'center' },
      legend: { bottom: 0 },
      xAxis: { type: 'value', name: 'step', nameLocation: 'middle', nameGap: 28, max: this.points.at(-1)?.step },
      yAxis: { type: 'value', name: unit, scale: true },
      grid: { left: 60, right: 30, top: 60, bottom: 80 },
      series: [
        { name: 'training', type: 'line', showSymbol: false, lineStyle: { width: 1 }, data: line('loss') },
        { name: 'validation', type: 'line', symbolSize: 8, data: line('validationLoss') },
      ],
    });
    await writeFile(file, chart.renderToSVGString());
    chart.dispose();
  }
}

function lineOf(point: CurvePoint): string {
  return `${JSON.stringify(point)}\n`;
}

/** The point of a line; none where a kill cut it short. */
function pointOf(line: string): CurvePoint[] {
  try {
    return line === '' ? [] : [JSON.parse(line)];
  } catch {
    return [];
  }
}
