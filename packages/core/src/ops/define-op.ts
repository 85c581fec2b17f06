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

/** The tensors of a call by name; an optional one that was not given is left out. */
export type OpInputs = Readonly<Record<string, Tensor>>;

/** What a native kernel gets. */
export interface KernelCall<Attributes> {
  readonly inputs: OpInputs;
  readonly attributes: Attributes;
  readonly backend: KernelBackend;
}

/** Computes the outputs on one backend, or returns null where it declines: then the reference runs. */
export type NativeKernel<Attributes> = (call: KernelCall<Attributes>) => TensorInfo[] | null;

export interface OpGradient<Attributes> {
  readonly inputsToSave?: readonly string[];
  /** For each output whether the gradient needs it; they follow the saved inputs. */
  readonly outputsToSave?: readonly boolean[];
  /** dys: one gradient per output -> per input how to compute its gradient, only where it is asked for. */
  of(dys: Tensor[], saved: Tensor[], attributes: Attributes): Readonly<Record<string, () => Tensor>>;
}

export interface OpDefinition<Attributes> {
  /** The name in tfjs's registries: `SequiturLayerNorm`. */
  readonly name: string;
  /** The op in tfjs's own ops: its definition, its fallback and its test. */
  reference(inputs: OpInputs, attributes: Attributes): Tensor[];
  readonly gradient?: OpGradient<Attributes>;
  /** Native kernels by the name of the backend. */
  readonly kernels?: Readonly<Record<string, NativeKernel<Attributes>>>;
}

export type Op<Attributes> = (inputs: OpInputs, attributes: Attributes) => Tensor[];

/**
 * Makes an op of tfjs out of its parts. It registers itself for a backend when it is first called there, so that
 * importing a package has no effect. Where a backend has no kernel of its own, or that one declines, the reference
 * runs inside the registered kernel; so the gradient given here holds everywhere.
 */
export function defineOp<Attributes extends object>(definition: OpDefinition<Attributes>): Op<Attributes> {
  const { name, gradient } = definition;
  return (inputs, attributes) => {
    if (gradient && !getGradient(name)) registerOpGradient(name, gradient);
    if (!getKernel(name, getBackend())) registerOpKernel(definition, getBackend());
    return engine().runKernel(name, inputs, attributes as unknown as NamedAttrMap) as unknown as Tensor[];
  };
}

let referencesOnly = false;

/** Computes with the references of all ops in the place of their kernels: to test these, or to see where a fault lies. */
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
