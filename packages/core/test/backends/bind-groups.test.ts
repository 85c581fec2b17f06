import { expect, it } from 'vitest';
import { BindGroups } from '../../src/backends/webgpu/bind-groups.js';
import { bufferKinds } from '../../src/backends/webgpu/pipeline-layouts.js';

function counted() {
  let made = 0;
  const groups = new BindGroups(() => {
    made++;
    return {} as GPUBindGroup;
  });
  return { groups, made: () => made };
}

const newBuffer = () => ({}) as GPUBuffer;

function bound(layout: object, ...bindings: Partial<GPUBufferBinding>[]): GPUBindGroupDescriptor {
  const entries = bindings.map((resource, binding) => ({ binding, resource: resource as GPUBufferBinding }));
  return { layout: layout as GPUBindGroupLayout, entries };
}

it('makes one group for the same buffers under the same layout, however often', () => {
  const { groups, made } = counted();
  const [layout, a, b] = [{}, newBuffer(), newBuffer()];
  const first = groups.of(bound(layout, { buffer: a }, { buffer: b, size: 16 }));
  for (let i = 0; i < 100; i++) expect(groups.of(bound(layout, { buffer: a }, { buffer: b, size: 16 }))).toBe(first);
  expect([made(), groups.size]).toEqual([1, 1]);
});

it('tells apart layouts, buffers, their order, offsets and sizes', () => {
  const { groups, made } = counted();
  const [layout, other, a, b] = [{}, {}, newBuffer(), newBuffer()];
  groups.of(bound(layout, { buffer: a }, { buffer: b }));
  groups.of(bound(layout, { buffer: b }, { buffer: a }));
  groups.of(bound(other, { buffer: a }, { buffer: b }));
  groups.of(bound(layout, { buffer: a, offset: 256 }, { buffer: b }));
  groups.of(bound(layout, { buffer: a, size: 256 }, { buffer: b }));
  expect([made(), groups.size]).toEqual([5, 5]);
});

it('lets go of all groups of a buffer that is destroyed, and of no others', () => {
  const { groups, made } = counted();
  const [layout, a, b, c] = [{}, newBuffer(), newBuffer(), newBuffer()];
  groups.of(bound(layout, { buffer: a }, { buffer: b }));
  groups.of(bound(layout, { buffer: b }, { buffer: c }));
  groups.release(a);
  expect(groups.size).toBe(1);
  groups.of(bound(layout, { buffer: b }, { buffer: c }));
  expect(made()).toBe(2);
  groups.of(bound(layout, { buffer: a }, { buffer: b }));
  expect(made()).toBe(3);
});

it('keeps a bounded number, those used last', () => {
  const { groups, made } = counted();
  const [layout, kept] = [{}, newBuffer()];
  for (let i = 0; i < 10_000; i++) {
    groups.of(bound(layout, { buffer: newBuffer() }));
    groups.of(bound(layout, { buffer: kept }));
  }
  expect(groups.size).toBeLessThanOrEqual(4096);
  expect(made()).toBe(10_001);
});

it('has those collected that nobody holds, now and then', () => {
  let collected = 0;
  const groups = new BindGroups(
    () => ({}) as GPUBindGroup,
    () => collected++,
  );
  const [layout, kept] = [{}, newBuffer()];
  for (let i = 0; i < 10_000; i++) groups.of(bound(layout, { buffer: kept }));
  expect(collected).toBe(0);
  for (let i = 0; i < 10_000; i++) groups.of(bound(layout, { buffer: newBuffer() }));
  expect(collected).toBe(2);
});

it('reads from a shader which buffers it binds, whose layout it shares with all that bind the same', () => {
  const code = `
    @group(0) @binding(0) var<storage, read_write> result : array<f32>;
    @group(0) @binding(1) var<storage,read> a : array<vec4<f32>>;
    @group(0) @binding(2) var<uniform> p : Parameters;`;
  expect(bufferKinds(code)).toEqual(['storage', 'read-only-storage', 'uniform']);
  expect(bufferKinds(`${code} @group(0) @binding(3) var picture : texture_external;`)).toBeNull();
  expect(bufferKinds(`${code} @group(0) @binding(4) var<storage, read> gap : array<f32>;`)).toBeNull();
  expect(bufferKinds(`${code} @group(1) @binding(3) var<storage, read> other : array<f32>;`)).toBeNull();
  expect(bufferKinds('fn main() {}')).toBeNull();
});
