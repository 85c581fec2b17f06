import { openGpu } from '#platform';
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
  const gpu = globalThis.navigator?.gpu ?? (await openGpu());
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
