export * from './block-layout.js';
export { expectPattern } from './expect-pattern.js';
export type { Evicted } from './key-slots.js';
export * from './parts.js';
export { type Pattern, patternKey, samePattern } from './pattern.js';
export { picture } from './picture.js';
export { isCausal, type PatternReach, reach, splittableFrom } from './reach.js';
export { sees } from './sees.js';
export { visiblePairs } from './visible-pairs.js';
