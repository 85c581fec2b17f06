import { backend, type Tensor } from '@tensorflow/tfjs-core';
import { cpuInstance } from '../../backends/cpu/instance.js';
import type { AdamWCoefficients } from './coefficients.js';
import type { AdamWMoments } from './reference.js';

/** As `adamWInPlaceWasm`, in plain JavaScript. */
export function adamWInPlaceCpu(
  moments: AdamWMoments,
  gradient: Tensor,
  scale: number | Tensor,
  { beta2, rest1, rest2, epsilon, decay, stepSize, inverseRootCorrection2 }: AdamWCoefficients,
): boolean {
  const current = backend();
  const cpu = cpuInstance(current);
  const changed = [moments.parameter, moments.firstMoment, moments.secondMoment];
  if (!cpu || changed.some(({ dataId }) => current.refCount(dataId) > 1)) return false;
  const [parameter, first, second] = changed.map((tensor) => cpu.values(tensor)) as Float32Array[];
  const slopes = cpu.values(gradient);
  const factor = typeof scale === 'number' ? scale : cpu.values(scale)[0]!;
  for (let i = 0; i < slopes.length; i++) {
    const g = slopes[i]! * factor;
    const m = first![i]! + (g - first![i]!) * rest1;
    const v = second![i]! * beta2 + g * g * rest2;
    first![i] = m;
    second![i] = v;
    parameter![i] = parameter![i]! * decay - (m / (Math.sqrt(v) * inverseRootCorrection2 + epsilon)) * stepSize;
  }
  return true;
}
