import { architectureOf } from '../../architectures/index.js';
import type { BlockSpec, ModelSpec } from '../../protocol/recipe.js';
import { parameterCount, SequiturError } from '../packages.js';
import { modelOf } from './parts.js';

/** Settings that enlarge a block without changing the shape of its state, each as a fraction of the width. */
const KNOBS: readonly { readonly name: string; readonly share: (kind: string) => number }[] = [
  { name: 'innerWidth', share: () => 2 },
  { name: 'hiddenWidth', share: (kind) => (['lstm', 'gru', 'min-gru'].includes(kind) ? 1 : 8 / 3) },
];
const STEP = 2;
/** As close as the bench asks for. */
const CLOSE = 0.03;

/** The same model with wider or narrower feed-forward networks, to match a parameter count. */
export function matched(spec: ModelSpec, parameters: number, vocabularySize: number): ModelSpec {
  const size = (candidate: ModelSpec) => parameterCount(modelOf(candidate, vocabularySize));
  let [low, high] = [0, 16];
  for (let round = 0; round < 24; round++) {
    const middle = (low + high) / 2;
    if (size(scaled(spec, middle)) < parameters) low = middle;
    else high = middle;
  }
  const [below, above] = [scaled(spec, low), scaled(spec, high)];
  const best = parameters - size(below) < size(above) - parameters ? below : above;
  if (Math.abs(size(best) / parameters - 1) <= CLOSE) return best;
  throw new SequiturError({
    where: spec.name,
    expected: `a feed-forward width that gives ${parameters.toLocaleString('en')} parameters within 3 %`,
    got: `${size(best).toLocaleString('en')} at the nearest`,
    fix: 'Add or remove a block, or change the width of the embedding',
  });
}

function scaled(spec: ModelSpec, factor: number): ModelSpec {
  return { ...spec, blocks: spec.blocks.map((block) => wider(block, spec.width, factor)) };
}

function wider(block: BlockSpec, width: number, factor: number): BlockSpec {
  const knob = KNOBS.find(({ name }) => architectureOf(block.kind).fields.some((field) => field.name === name));
  if (!knob) return block;
  const usual = Number(block.settings[knob.name] ?? 0) || knob.share(block.kind) * width;
  const value = Math.max(STEP, STEP * Math.round((usual * factor) / STEP));
  return { ...block, settings: { ...block.settings, [knob.name]: value } };
}
