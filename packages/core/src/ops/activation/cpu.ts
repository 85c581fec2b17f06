import { cpuInstance } from '../../backends/cpu/instance.js';
import type { NativeKernel } from '../define-op.js';
import { type ActivationAttributes, SLOPE } from './reference.js';

/** Each activation and its slope. */
const FUNCTIONS = {
  gelu: {
    value: (x: number) => x * below(x),
    slope: (x: number) => below(x) + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI),
  },
  geluTanh: {
    value: (x: number) => x * share(2 * SLOPE * x * (1 + 0.044715 * x * x)),
    slope: (x: number) =>
      slopeOf(x, share(2 * SLOPE * x * (1 + 0.044715 * x * x)), 2 * SLOPE * (1 + 3 * 0.044715 * x * x)),
  },
  silu: { value: (x: number) => x * share(x), slope: (x: number) => slopeOf(x, share(x), 1) },
  relu: { value: (x: number) => Math.max(x, 0), slope: (x: number) => (x > 0 ? 1 : 0) },
} as const;

/** σ */
function share(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** The slope of x σ(z(x)), from s = σ(z) and z'(x). */
function slopeOf(x: number, s: number, dz: number): number {
  // For large |z|, s is exactly 0 or 1 while z' grows: the product must be 0, not NaN.
  return s + (s === 0 || s === 1 ? 0 : x * s * (1 - s) * dz);
}

/** Φ, the distribution function of the normal distribution, with erf after Abramowitz and Stegun 7.1.26. */
function below(x: number): number {
  const a = Math.abs(x) * Math.SQRT1_2;
  const t = 1 / (1 + 0.3275911 * a);
  const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const outside = 0.5 * series * Math.exp(-a * a);
  return x >= 0 ? 1 - outside : outside;
}

export const activationCpu: NativeKernel<ActivationAttributes> = ({ inputs, attributes: { kind }, backend }) => {
  const cpu = cpuInstance(backend);
  return cpu && [cpu.output(inputs.x!.shape, cpu.values(inputs.x!).map(FUNCTIONS[kind].value))];
};

export const activationGradientCpu: NativeKernel<ActivationAttributes> = (call) => {
  const cpu = cpuInstance(call.backend);
  if (!cpu) return null;
  const { slope } = FUNCTIONS[call.attributes.kind];
  const [x, dy] = [cpu.values(call.inputs.x!), cpu.values(call.inputs.dy!)];
  return [
    cpu.output(
      call.inputs.x!.shape,
      dy.map((value, i) => value * slope(x[i]!)),
    ),
  ];
};
