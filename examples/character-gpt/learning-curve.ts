import { writeFile } from 'node:fs/promises';
import * as echarts from 'echarts';
import type { CurvePoint } from './train-steps.js';

/** Draws training and validation loss by step as an SVG file; the training loss is the mean of 20 steps. */
export async function drawLearningCurve(curve: readonly CurvePoint[], file: string, title: string): Promise<void> {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 800, height: 480 });
  const validation = curve.filter(({ validationLoss }) => validationLoss !== undefined);
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: title, left: 'center' },
    legend: { bottom: 0 },
    xAxis: { type: 'value', name: 'step', nameLocation: 'middle', nameGap: 28, max: curve.at(-1)?.step },
    yAxis: { type: 'value', name: 'nats per character', min: 1, scale: true },
    grid: { left: 60, right: 30, top: 60, bottom: 80 },
    series: [
      { name: 'training', type: 'line', showSymbol: false, lineStyle: { width: 1 }, data: smoothed(curve, 20) },
      {
        name: 'validation',
        type: 'line',
        symbolSize: 8,
        data: validation.map(({ step, validationLoss }) => [step, validationLoss!]),
      },
    ],
  });
  await writeFile(file, chart.renderToSVGString());
  chart.dispose();
}

/** One point for every `count` steps. */
function smoothed(curve: readonly CurvePoint[], count: number): [step: number, loss: number][] {
  const points: [number, number][] = [];
  for (let start = 0; start < curve.length; start += count) {
    const part = curve.slice(start, start + count);
    points.push([part.at(-1)!.step, part.reduce((sum, { loss }) => sum + loss, 0) / part.length]);
  }
  return points;
}
