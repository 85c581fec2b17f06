import { type Bert, BigBirdMixer } from '@sequitur/bert';
import type { StoredTensor } from '@sequitur/pretrained';
import { compareIds, compareNumbers, type Finding } from '../comparison.js';
import type { ModelInputs, ModelUnderTest } from './model-under-test.js';
import { readOutputs } from './read-outputs.js';

const NAME = /^(.+)\/rand_attn\.layer(\d+)\.head$/;

/**
 * Compares a BigBird that uses given random blocks: for each tag with `rand_attn.layer<i>.head`, the outputs of that
 * tag.
 */
export async function compareDrawnBlocks(
  model: Bert,
  under: ModelUnderTest,
  inputs: ModelInputs,
  expected: ReadonlyMap<string, StoredTensor>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const names = [...expected.keys()].filter((name) => NAME.test(name));
  const mixers = model.encoder.stack.blocks.map((_, layer) => mixerOf(model, layer));
  for (const tag of new Set(names.map((name) => NAME.exec(name)![1]!))) {
    for (const [layer, mixer] of mixers.entries()) {
      const name = `${tag}/rand_attn.layer${layer}.head`;
      const stored = expected.get(name);
      if (!stored || !(mixer instanceof BigBirdMixer)) continue;
      mixer.chosen = blocksOf(stored);
      findings.push(compareIds(name, mixer.chosen, blocksOf(stored)));
    }
    for (const [name, { values }] of await readOutputs(under.forward(inputs, undefined, true))) {
      const wanted = expected.get(`${tag}/${name}`);
      if (wanted) findings.push(compareNumbers(`${tag}/${name}`, values, wanted.values));
    }
    for (const mixer of mixers) if (mixer instanceof BigBirdMixer) mixer.chosen = null;
  }
  return findings;
}

/** [heads, blocks, drawn] as lists. */
function blocksOf({ shape, values }: StoredTensor): number[][][] {
  const [heads, blocks, drawn] = shape as [number, number, number];
  const ids = Array.from(values as ArrayLike<number | bigint>, Number);
  const row = (index: number) => ids.slice(index * drawn, (index + 1) * drawn);
  return Array.from({ length: heads }, (_, head) =>
    Array.from({ length: blocks }, (_, block) => row(head * blocks + block)),
  );
}

/** The attention module of a layer. */
export function mixerOf(model: Bert, layer: number): unknown {
  return (model.encoder.stack.blocks[layer] as unknown as { mixer: unknown }).mixer;
}
