import { bucketValues, relativeBucket } from '@sequitur/attention';
import { type NamedTensorMap, tensor } from '@tensorflow/tfjs-core';
import type { Operation } from './operation.js';

/** Buckets of distances (key minus query), and the bias from a table of buckets. */
export const t5RelativeBiasCases: Operation = async (given) => {
  const rule = {
    buckets: given.attribute<number>('num_buckets')!,
    bidirectional: given.attribute<boolean>('bidirectional')!,
    maxDistance: given.attribute<number>('max_distance')!,
  };
  const shape = given.shapeOf('bucket');
  const distances = given.has('relative_position')
    ? [...(await given.input('relative_position').data())]
    : pairs(shape);
  const buckets = distances.map((distance) => relativeBucket(distance, rule));
  const outputs: NamedTensorMap = { bucket: tensor(buckets, [...shape], 'int32') };
  if (given.expects('bias')) {
    const [queries, keys] = shape as [number, number];
    const positions = Array.from({ length: keys }, (_, key) => key);
    const table = given.input('weight');
    outputs.bias = bucketValues({ kind: 'buckets', table, ...rule }, queries, positions, 0);
  }
  return outputs;
};

function pairs([queries, keys]: readonly number[]): number[] {
  return Array.from({ length: queries! * keys! }, (_, index) => (index % keys!) - Math.floor(index / keys!));
}
