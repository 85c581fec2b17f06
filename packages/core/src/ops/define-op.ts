import {
  engine,
  getBackend,
  getGradient,
  getKernel,
  type KernelBackend,
  type NamedAttrMap,
  registerGradient,
  registerKernel,
  type Tensor,
  type TensorInfo,
  tidy,
} from '@tensorflow/tfjs-core';
import type { KernelModule } from '../backends/kernel-module.js';

/** The tensors of a call by name; absent optional ones are omitted. */
export type OpInputs = Readonly<Record<string, Tensor>>;

/** A call of a native kernel. */
export interface KernelCall<Attributes> {
  readonly inputs: OpInputs;
  readonly attributes: Attributes;
  readonly backend: KernelBackend;
}

/** A native kernel: computes the outputs on one backend, or returns null to decline; then the reference runs. */
export type NativeKernel<Attributes> = (call: KernelCall<Attributes>) => TensorInfo[] | null;

export interface OpGradient<Attributes> {
  readonly inputsToSave?: readonly string[];
  /** For each output whether the gradient needs it; saved outputs follow the saved inputs. */
  readonly outputsToSave?: readonly boolean[];
  /** dys: one gradient per output -> functions that compute the gradient of each input, called only if needed. */
  of(dys: Tensor[], saved: Tensor[], attributes: Attributes): Readonly<Record<string, () => Tensor>>;
}

export interface OpDefinition<Attributes> {
  /** The name in tfjs's registries, `SequiturLayerNorm` for example. */
  readonly name: string;
  /** The readable reference in tfjs ops: definition, fallback and test. */
  reference(inputs: OpInputs, attributes: Attributes): Tensor[];
  readonly gradient?: OpGradient<Attributes>;
  /** Native kernels by backend. */
  readonly kernels?: Readonly<Record<string, NativeKernel<Attributes>>>;
}

export type Op<Attributes> = (inputs: OpInputs, attributes: Attributes) => Tensor[];

/**
 * Defines an op of tfjs. It is registered for a backend at its first call, so that importing a package has no effect.
 * Where there is no kernel, or it declines, the reference runs inside the registered kernel, so that the gradient
 * applies everywhere.
 */
export function defineOp<Attributes extends object>(definition: OpDefinition<Attributes>): Op<Attributes> {
  const { name, gradient } = definition;
  return (inputs, attributes) => {
    if (gradient && !getGradient(name)) registerOpGradient(name, gradient);
    if (!getKernel(name, getBackend())) registerOpKernel(definition, getBackend());
    return engine().runKernel(name, inputs, attributes as unknown as NamedAttrMap) as unknown as Tensor[];
  };
}

/**
 * Kernels of a module that is loaded as its backend is opened, chosen by `select`. Until it is loaded they decline.
 *
 * @example const onWebGpu = kernelsOf(kernelModule('webgpu', () => import('./kernels-on-webgpu.js')));
 */
export function kernelsOf<Kernels>(module: KernelModule<Kernels>) {
  return <Attributes>(select: (kernels: Kernels) => NativeKernel<Attributes>): NativeKernel<Attributes> =>
    (call) => {
      const kernels = module.kernels();
      return kernels && select(kernels)(call);
    };
}

let referencesOnly = false;

/** Runs the references of all ops instead of their kernels, to test kernels or to locate an error. */
export function byReference<T>(compute: () => T): T {
  const before = referencesOnly;
  referencesOnly = true;
  try {
    return compute();
  } finally {
    referencesOnly = before;
  }
}

function registerOpKernel<Attributes extends object>(definition: OpDefinition<Attributes>, backendName: string): void {
  const native = definition.kernels?.[backendName];
  registerKernel({
    kernelName: definition.name,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const call = {
        inputs: inputs as OpInputs,
        attributes: attrs as unknown as Attributes,
        backend: backend as KernelBackend,
      };
      return (referencesOnly ? null : native?.(call)) ?? tidy(() => definition.reference(call.inputs, call.attributes));
    },
  });
}

function registerOpGradient<Attributes extends object>(name: string, gradient: OpGradient<Attributes>): void {
  registerGradient({
    kernelName: name,
    ...(gradient.inputsToSave && { inputsToSave: [...gradient.inputsToSave] }),
    ...(gradient.outputsToSave && { outputsToSave: [...gradient.outputsToSave] }),
    gradFunc: (dy, saved, attrs) =>
      gradient.of(Array.isArray(dy) ? dy : [dy], saved, attrs as unknown as Attributes) as Record<string, () => Tensor>,
  });
}
