import { checkArgument, checkOptions, option, optionsOf, Random } from '@sequitur/core';
import { Batches, type JsonObject } from './batches.js';

export interface ShuffledBatchOptions<Item, Batch> {
  /** Identifies the items, for resuming; their count is added. */
  readonly source: JsonObject;
  readonly batchSize: number;
  readonly seed: number | string;
  /** The length of an item, to group items of similar length, which saves padding; absent: no grouping. */
  readonly lengthOf?: ((item: Item) => number) | undefined;
  /** Collates items into a batch; `random` is for augmentation, such as masking. */
  readonly collate: (items: readonly Item[], random: Random) => Batch;
}

// biome-ignore lint/suspicious/noExplicitAny: the rules are the same for all items and batches
const shuffledBatchOptions = optionsOf<ShuffledBatchOptions<any, any>>({
  source: option.kind('an object that identifies these items', (value) => typeof value === 'object' && !!value),
  batchSize: option.count,
  seed: option.seed,
  lengthOf: option.optional(option.callback),
  collate: option.callback,
});

/**
 * Number of batches whose items are sorted by length together: enough for little padding, few enough for random
 * batches.
 */
const SORTED_BATCHES = 50;

/**
 * Endless epochs of items in random order, each item once per epoch. Deterministic for a seed, and resumable.
 *
 * @throws SequiturError where a run resumes with other items
 */
export function shuffledBatches<Item, Batch>(
  items: readonly Item[],
  options: ShuffledBatchOptions<Item, Batch>,
): Batches<Batch> {
  checkArgument('shuffledBatches, items', option.kind('a list of items', Array.isArray), items);
  checkOptions('shuffledBatches', shuffledBatchOptions, options);
  const { source, batchSize, seed, lengthOf, collate } = options;
  let order: { readonly epoch: number; readonly batches: readonly (readonly Item[])[] } | null = null;
  const batchesOf = (epoch: number) => {
    if (order?.epoch !== epoch) {
      const random = Random.fromSeed(seed).fork(`order ${epoch}`);
      order = { epoch, batches: inBatches(random.shuffle([...items]), { batchSize, lengthOf, random }) };
    }
    return order.batches;
  };
  const identity = { ...source, items: items.length, batchSize, seed };
  return Batches.from(identity, { epoch: 0, batch: 0 }, ({ epoch, batch }) => {
    const batches = batchesOf(epoch);
    if (batches.length === 0) return null;
    const random = Random.fromSeed(seed).fork(`epoch ${epoch}`).fork(`batch ${batch}`);
    const next = batch + 1 < batches.length ? { epoch, batch: batch + 1 } : { epoch: epoch + 1, batch: 0 };
    return { batch: collate(batches[batch]!, random), state: next };
  });
}

function inBatches<Item>(
  items: readonly Item[],
  {
    batchSize,
    lengthOf,
    random,
  }: { batchSize: number; lengthOf: ((item: Item) => number) | undefined; random: Random },
): Item[][] {
  const cut = (list: readonly Item[], size: number) =>
    Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
  if (!lengthOf) return cut(items, batchSize);
  const sorted = cut(items, batchSize * SORTED_BATCHES).flatMap((pool) =>
    cut(
      pool.sort((a, b) => lengthOf(a) - lengthOf(b)),
      batchSize,
    ),
  );
  return random.shuffle(sorted);
}
