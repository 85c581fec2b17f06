import { SequiturError } from '../../errors.js';

const OPTIONAL_FEATURES = ['shader-f16', 'subgroups', 'timestamp-query', 'bgra8unorm-storage'] as const;

/** Limits of the adapter that large models need; a device gets small defaults unless they are requested. */
const LIMITS = [
  'maxBufferSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
] as const;

export interface OpenedDevice {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
  /** The adapter computes on the processor. */
  readonly isSoftware: boolean;
}

/** Opens a device with every limit and optional feature of the adapter. */
export async function openDevice(allowSoftwareAdapter: boolean): Promise<OpenedDevice> {
  const gpu = await findGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new SequiturError({
      where: 'WebGPU',
      expected: 'an adapter',
      got: 'none',
      fix: 'Install a graphics driver with Vulkan, Metal or Direct3D 12, or (slow, for tests) Mesa’s lavapipe of 2024 or later',
    });
  }
  const isSoftware = runsOnProcessor(adapter.info);
  if (isSoftware && !allowSoftwareAdapter) {
    throw new SequiturError({
      where: 'WebGPU',
      expected: 'a graphics adapter',
      got: `one that computes on the processor (${describe(adapter.info)})`,
      fix: 'wasm is faster on this machine; to use the adapter anyway, pass allowSoftwareAdapter: true',
    });
  }
  const requiredFeatures = OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature));
  const requiredLimits = Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]]));
  const device = await adapter.requestDevice({ requiredFeatures, requiredLimits } as GPUDeviceDescriptor);
  return { device, info: adapter.info, isSoftware };
}

export function describe({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  return [vendor, architecture, device, description].filter(Boolean).join(', ') || 'an adapter without a name';
}

/** Lanes per subgroup, where the device has subgroups of equal size; else null. */
export function subgroupSizeOf({ features }: GPUDevice, info: GPUAdapterInfo): number | null {
  const { subgroupMinSize: least, subgroupMaxSize: most } = info;
  return features.has('subgroups') && least !== undefined && least === most ? least : null;
}

function runsOnProcessor(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter === true || /llvmpipe|lavapipe|swiftshader/i.test(describe(info));
}

/** The GPU interface of the page, or in Node that of the optional package `webgpu`. */
async function findGpu(): Promise<GPU> {
  if (globalThis.navigator?.gpu) return globalThis.navigator.gpu;
  if (typeof process === 'undefined' || !process.versions?.node) {
    throw new SequiturError({
      where: 'WebGPU',
      expected: 'navigator.gpu',
      got: 'a browser without it, or a page that is not served over https or from localhost',
      fix: 'Use a current Chrome, Edge, Safari or Firefox over https',
    });
  }
  return fromNodePackage();
}

/**
 * Node only, where objects of the package `webgpu` look small to the garbage collector and large to the driver:
 * collects garbage now; objects are freed at the next turn of the event loop. In browsers undefined.
 */
export let collectGarbage: (() => void) | undefined;

let nodeGpu: GPU | undefined;

async function fromNodePackage(): Promise<GPU> {
  if (nodeGpu) return nodeGpu;
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    nodeGpu = create([]);
    collectGarbage = await exposedCollector();
    return nodeGpu;
  } catch (error) {
    throw new SequiturError(
      {
        where: 'WebGPU in Node',
        expected: "the package 'webgpu'",
        got: error instanceof Error ? error.message : String(error),
        fix: 'Install it: npm install webgpu (130 MB, which is why it is optional)',
      },
      { cause: error },
    );
  }
}

/** Node's `gc`, which is hidden unless requested. */
async function exposedCollector(): Promise<() => void> {
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([import('node:v8'), import('node:vm')]);
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
