import { SequiturError } from '../../errors.js';

export type NumberType = 'f32' | 'i32' | 'u32';
/** `vec4<f32>`: a float32 tensor read as vec4, whose size must be a multiple of four. */
export type ElementType = NumberType | 'vec4<f32>';

/** A compute kernel in WGSL: bindings and parameters by name, and the code of a workgroup. */
export interface WebGpuKernel {
  /** The key of the compiled pipeline: kernels that differ in anything must differ in the name. */
  readonly name: string;
  /** Tensors that are read; each must be used in the code. */
  readonly reads: Readonly<Record<string, ElementType>>;
  /** Tensors that are written, and may be read; none of them may be bound twice. */
  readonly writes: Readonly<Record<string, ElementType>>;
  /** Uniforms, `p.name` in the code; at least one must be used there. */
  readonly parameters: Readonly<Record<string, NumberType>>;
  /** Lanes per workgroup, `SIZE` in the code; default 64. */
  readonly workgroupSize?: number;
  /** Whether the body uses subgroups: `sub` is the lane's index in its subgroup. The device must have the feature. */
  readonly subgroups?: boolean;
  /** Whether the code uses the type f16. The device must have the feature. */
  readonly halfPrecision?: boolean;
  /** Functions and shared variables. */
  readonly declarations?: string;
  /** The body, for lane `lane` of workgroup `group`, both u32. There may be more workgroups than requested. */
  readonly code: string;
}

/** The guaranteed number of storage buffers; the uniform buffer does not count. */
const MOST_STORAGE_BUFFERS = 8;

export function sourceOf(kernel: WebGpuKernel): string {
  const { reads, writes, parameters, workgroupSize = 64, subgroups = false, declarations = '', code } = kernel;
  const extensions = [kernel.halfPrecision && 'enable f16;\n', subgroups && 'enable subgroups;\n'];
  const bindings = bindingsOf(kernel);
  if (bindings.length > MOST_STORAGE_BUFFERS) {
    throw new SequiturError({
      where: `the WebGPU kernel ${kernel.name}`,
      expected: `at most ${MOST_STORAGE_BUFFERS} tensors`,
      got: `${bindings.length}`,
    });
  }
  const declared = bindings.map((name, index) => {
    const type = reads[name] ?? writes[name];
    const access = name in reads ? 'read' : 'read_write';
    return `@group(0) @binding(${index}) var<storage, ${access}> ${name} : array<${type}>;`;
  });
  const fields = Object.entries(parameters).map(([name, type]) => `${name} : ${type}`);
  return `${extensions.filter(Boolean).join('')}${declared.join('\n')}
struct Parameters { ${fields.join(', ')} }
@group(0) @binding(${bindings.length}) var<uniform> p : Parameters;
const SIZE = ${workgroupSize}u;
${declarations}
@compute @workgroup_size(${workgroupSize})
fn main(
  @builtin(workgroup_id) place : vec3<u32>,
  @builtin(num_workgroups) places : vec3<u32>,
  @builtin(local_invocation_index) lane : u32,${subgroups ? '\n  @builtin(subgroup_invocation_id) sub : u32,' : ''}
) {
  let group = place.y * places.x + place.x;
  ${code}
}`;
}

/** The tensors in the order of their bindings. */
export function bindingsOf({ reads, writes }: WebGpuKernel): string[] {
  return [...Object.keys(reads), ...Object.keys(writes)];
}

/** The parameters as bytes of the uniform buffer. */
export function encodeParameters({ parameters }: WebGpuKernel, values: Readonly<Record<string, number>>): ArrayBuffer {
  const entries = Object.entries(parameters);
  const view = new DataView(new ArrayBuffer(Math.ceil(entries.length / 4) * 16));
  for (const [index, [name, type]] of entries.entries()) {
    const value = values[name]!;
    if (type === 'f32') view.setFloat32(index * 4, value, true);
    else if (type === 'i32') view.setInt32(index * 4, value, true);
    else view.setUint32(index * 4, value, true);
  }
  return view.buffer;
}

/**
 * Tests for NaN and infinities by their bits, since WGSL leaves such values to the device: compilers may assume that
 * there are none, and \`max\`, \`clamp\` and \`exp\` may turn a NaN into a number. \`orNan(y, x)\` is y, or NaN where x
 * is NaN.
 */
export const NOT_FINITE = `
fn isNan(x : f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
fn isMinusInfinity(x : f32) -> bool { return bitcast<u32>(x) == 0xff800000u; }
fn orNan(y : f32, x : f32) -> f32 { return select(y, x, isNan(x)); }
fn expOf(x : f32) -> f32 { return orNan(select(exp(clamp(x, -87.0, 88.0)), 0.0, x < -87.0), x); }
fn logOf(x : f32) -> f32 { return orNan(log(x), x); }
fn nan() -> f32 { var bits = 0x7fc00000u; return bitcast<f32>(bits); }
fn minusInfinity() -> f32 { var bits = 0xff800000u; return bitcast<f32>(bits); }
`;

/** The sum over all lanes, in every lane; \`largest\` likewise. Every lane of the workgroup must call it. */
export const REDUCTIONS = `
var<workgroup> lanes : array<f32, SIZE>;
fn total(lane : u32, value : f32) -> f32 {
  lanes[lane] = value;
  workgroupBarrier();
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    if (lane < half) { lanes[lane] += lanes[lane + half]; }
    workgroupBarrier();
  }
  let sum = lanes[0];
  workgroupBarrier();
  return sum;
}
fn largest(lane : u32, value : f32) -> f32 {
  lanes[lane] = value;
  workgroupBarrier();
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    if (lane < half) { lanes[lane] = max(lanes[lane], lanes[lane + half]); }
    workgroupBarrier();
  }
  let top = lanes[0];
  workgroupBarrier();
  return top;
}
`;
