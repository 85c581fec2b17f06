/** The binding declarations of a shader. */
const DECLARED = /@group\(\s*(\d+)\s*\)\s*@binding\(\s*(\d+)\s*\)\s*var\s*(?:<\s*([^>]*?)\s*>)?/g;

const BUFFERS: Readonly<Record<string, GPUBufferBindingType>> = {
  'storage,read': 'read-only-storage',
  storage: 'read-only-storage',
  'storage,read_write': 'storage',
  uniform: 'uniform',
};

interface Layout {
  readonly pipeline: GPUPipelineLayout;
  readonly group: GPUBindGroupLayout;
}

/**
 * Shares one layout among all shaders with the same kinds of buffers, instead of the separate ones of `auto`: a driver
 * reserves descriptors for every layout (Mesa's lavapipe a memory map for each, some ninety at a time, of which a
 * process has 65,530).
 */
export function shareLayouts(device: GPUDevice): void {
  const codes = new WeakMap<GPUShaderModule, string>();
  const layouts = new Map<string, Layout>();
  const createModule = device.createShaderModule.bind(device);
  const [create, createAsync] = [device.createComputePipeline, device.createComputePipelineAsync];
  device.createShaderModule = (descriptor) => {
    const module = createModule(descriptor);
    codes.set(module, descriptor.code);
    return module;
  };
  const layoutOf = ({ layout, compute }: GPUComputePipelineDescriptor): Layout | null => {
    const kinds = layout === 'auto' ? bufferKinds(codes.get(compute.module) ?? '') : null;
    if (!kinds) return null;
    const key = kinds.join();
    const known = layouts.get(key) ?? newLayout(device, kinds);
    layouts.set(key, known);
    return known;
  };
  device.createComputePipeline = (descriptor) => {
    const shared = layoutOf(descriptor);
    const pipeline = create.call(device, shared ? { ...descriptor, layout: shared.pipeline } : descriptor);
    return withOneLayout(pipeline, shared);
  };
  device.createComputePipelineAsync = async (descriptor) => {
    const shared = layoutOf(descriptor);
    const pipeline = createAsync.call(device, shared ? { ...descriptor, layout: shared.pipeline } : descriptor);
    return withOneLayout(await pipeline, shared);
  };
}

/** The buffer types of bindings 0, 1, ... of group 0; null where a shader binds anything else. */
export function bufferKinds(code: string): GPUBufferBindingType[] | null {
  const kinds: GPUBufferBindingType[] = [];
  for (const [, group, binding, space = ''] of code.matchAll(DECLARED)) {
    const kind = BUFFERS[space.replaceAll(/\s/g, '')];
    if (group !== '0' || !kind || kinds[Number(binding)]) return null;
    kinds[Number(binding)] = kind;
  }
  return kinds.length > 0 && Object.keys(kinds).length === kinds.length ? kinds : null;
}

function newLayout(device: GPUDevice, kinds: readonly GPUBufferBindingType[]): Layout {
  const entries = kinds.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } }));
  const group = device.createBindGroupLayout({ entries });
  return { group, pipeline: device.createPipelineLayout({ bindGroupLayouts: [group] }) };
}

/** A pipeline that returns the same layout object every time. */
function withOneLayout(pipeline: GPUComputePipeline, shared: Layout | null): GPUComputePipeline {
  const layouts = new Map<number, GPUBindGroupLayout>(shared ? [[0, shared.group]] : []);
  const ask = pipeline.getBindGroupLayout.bind(pipeline);
  pipeline.getBindGroupLayout = (index) => {
    const layout = layouts.get(index) ?? ask(index);
    layouts.set(index, layout);
    return layout;
  };
  return pipeline;
}
