import type { Pattern } from '@sequitur/attention';
import { presets, specOf } from '../../architectures/index.js';
import { lab } from '../../rooms/train/state/lab.svelte.js';
import { linkOf, readLink } from '../../rooms/train/state/link.js';
import { hrefOf } from '../../stores/address.svelte.js';

const WIDTH = 64;

/** A GPT whose layers attend by a pattern. */
export function designedSpec(pattern: Pattern) {
  const spec = specOf(presets[0]!, WIDTH);
  const design = JSON.stringify(pattern);
  const blocks = spec.blocks.map(({ kind, settings }) => {
    return { kind, settings: { ...settings, pattern: 'designed', design } };
  });
  return { ...spec, name: 'Designed pattern', blocks };
}

/** Adds a draft with the pattern to the room Train, and opens the room. */
export function useInTrain(pattern: Pattern): void {
  const spec = designedSpec(pattern);
  if (lab.rows.length > 0) {
    lab.add(spec);
    location.hash = hrefOf('train', lab.link);
  } else location.hash = hrefOf('train', linkOf({ recipe: readLink('').recipe, specs: [spec] }));
}
