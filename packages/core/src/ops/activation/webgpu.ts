import { groupsOf, webGpuInstance } from '../../backends/webgpu/compute.js';
import { NOT_FINITE, type WebGpuKernel } from '../../backends/webgpu/kernel.js';
import type { NativeKernel } from '../define-op.js';
import { type ActivationAttributes, SLOPE } from './reference.js';

/**
 * Φ, the distribution function of the normal distribution, with erf after Abramowitz and Stegun 7.1.26; and σ without
 * overflow.
 */
const FUNCTIONS = `
fn below(x : f32) -> f32 {
  let a = abs(x) * ${Math.SQRT1_2};
  let t = 1.0 / (1.0 + 0.3275911 * a);
  let series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  let outside = 0.5 * series * exp(-min(a * a, 80.0));
  return select(outside, 1.0 - outside, x >= 0.0);
}
fn share(z : f32) -> f32 { return 1.0 / (1.0 + exp(-clamp(z, -80.0, 80.0))); }
`;

/** Each activation and its slope, as formulas of x. */
const FORMULAS = {
  gelu: {
    value: 'x * below(x)',
    slope: `below(x) + x * ${1 / Math.sqrt(2 * Math.PI)} * exp(-min(0.5 * x * x, 80.0))`,
  },
  geluTanh: {
    value: `x * share(${2 * SLOPE} * x * (1.0 + 0.044715 * x * x))`,
    slope: `gradient(x, share(${2 * SLOPE} * x * (1.0 + 0.044715 * x * x)), ${2 * SLOPE} * (1.0 + 0.134145 * x * x))`,
  },
  silu: { value: 'x * share(x)', slope: 'gradient(x, share(x), 1.0)' },
  relu: { value: 'orNan(max(x, 0.0), x)', slope: 'select(0.0, 1.0, x > 0.0)' },
} as const;

/** The slope of x σ(z(x)), from s = σ(z) and z'(x). */
const GRADIENT = 'fn gradient(x : f32, s : f32, dz : f32) -> f32 { return s + x * s * (1.0 - s) * dz; }';

const SIZE = 256;

const forward = (kind: ActivationAttributes['kind']): WebGpuKernel => ({
  name: `activation ${kind}`,
  reads: { given: 'f32' },
  writes: { y: 'f32' },
  parameters: { count: 'u32' },
  workgroupSize: SIZE,
  declarations: FUNCTIONS + NOT_FINITE,
  code: `
  let i = group * SIZE + lane;
  if (i >= p.count) { return; }
  let x = given[i];
  y[i] = ${FORMULAS[kind].value};`,
});

const backward = (kind: ActivationAttributes['kind']): WebGpuKernel => ({
  name: `activation ${kind} gradient`,
  reads: { given: 'f32', dy: 'f32' },
  writes: { dx: 'f32' },
  parameters: { count: 'u32' },
  workgroupSize: SIZE,
  declarations: FUNCTIONS + GRADIENT,
  code: `
  let i = group * SIZE + lane;
  if (i >= p.count) { return; }
  let x = given[i];
  dx[i] = dy[i] * (${FORMULAS[kind].slope});`,
});

export const activationWebGpu: NativeKernel<ActivationAttributes> = ({ inputs: { x }, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const y = gpu.output(x!.shape);
  gpu.compute(forward(attributes.kind), {
    tensors: { given: x!, y },
    parameters: { count: x!.size },
    workgroups: groupsOf(x!.size, SIZE),
  });
  return [y];
};

export const activationGradientWebGpu: NativeKernel<ActivationAttributes> = (call) => {
  const { x, dy } = call.inputs;
  const gpu = webGpuInstance(call.backend);
  if (!gpu) return null;
  const dx = gpu.output(x!.shape);
  gpu.compute(backward(call.attributes.kind), {
    tensors: { given: x!, dy: dy!, dx },
    parameters: { count: x!.size },
    workgroups: groupsOf(x!.size, SIZE),
  });
  return [dx];
};
