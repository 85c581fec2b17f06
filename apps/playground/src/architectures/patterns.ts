import type { Pattern } from '@sequitur/attention';
import { type ChoiceField, choice, type Field, number, type Settings } from './architecture.js';

const window = number(
  'window',
  'Window',
  'Number of tokens that a query attends to, including itself.',
  [32, 1, 4096],
  (settings) => ['sliding', 'longformer', 'bigbird'].includes(String(settings.pattern)),
);
const stride = number(
  'stride',
  'Stride',
  'The last tokens up to the stride, and every stride-th one before.',
  [16, 1, 4096],
  ({ pattern }) => pattern === 'strided',
);
const globals = number(
  'globals',
  'Global tokens',
  'The number of first tokens that all tokens attend to.',
  [2, 0, 64],
  ({ pattern }) => ['longformer', 'bigbird'].includes(String(pattern)),
);

const pattern: ChoiceField = choice('pattern', 'Pattern', 'Which tokens a query attends to.', {
  dense: 'dense',
  sliding: 'sliding window',
  strided: 'strided',
  longformer: 'window + global',
  bigbird: 'window + global + random',
  designed: 'designed',
});

export const patternFields: readonly Field[] = [pattern, window, stride, globals];

/** The attention pattern of a block's settings; null for full causal attention. */
export function patternOf(settings: Settings): Pattern | null {
  const count = (name: string, otherwise: number) => Number(settings[name] ?? otherwise);
  const near: Pattern = { kind: 'slidingWindow', left: count('window', window.default) - 1, right: 0 };
  const positions = Array.from({ length: count('globals', globals.default) }, (_, index) => index);
  const far: Pattern = { kind: 'globalTokens', positions };
  switch (settings.pattern) {
    case 'sliding':
      return near;
    case 'strided':
      return { kind: 'strided', stride: count('stride', stride.default) };
    case 'longformer':
      return causal({ kind: 'either', patterns: [near, far] });
    case 'bigbird':
      return causal({
        kind: 'either',
        patterns: [near, far, { kind: 'randomBlocks', seed: 1, blockSize: 16, blocks: 1 }],
      });
    case 'designed':
      return settings.design ? (JSON.parse(String(settings.design)) as Pattern) : null;
    default:
      return null;
  }
}

/** Short summary for the block. */
export function patternSummary(settings: Settings): string {
  const found = pattern.options.find(({ value }) => value === settings.pattern) ?? pattern.options[0]!;
  return window.when!(settings) ? `${found.label}, ${settings.window ?? window.default}` : found.label;
}

export function isSparse(settings: Settings): boolean {
  return patternOf(settings) !== null;
}

function causal(shown: Pattern): Pattern {
  return { kind: 'both', patterns: [{ kind: 'causal' }, shown] };
}
