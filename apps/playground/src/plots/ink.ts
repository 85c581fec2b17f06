import type { Family } from '../architectures/index.js';
import type { Ink } from './line-chart.js';

const tokens: Readonly<Record<Family, string>> = {
  dense: '--dense-attention',
  sparse: '--sparse-attention',
  memory: '--attention-with-memory',
  state: '--state-space',
  hybrid: '--hybrid',
  recurrent: '--recurrent',
  encoder: '--encoder',
  'encoder-decoder': '--encoder-decoder',
};

/** The theme's colours for canvases, read again when the theme changes. */
export function inkOfPage(): Ink & { readonly families: Readonly<Record<Family, string>> } {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: token('--text'),
    soft: token('--soft'),
    line: token('--line'),
    axis: token('--line-strong'),
    page: token('--page'),
    panel: token('--panel'),
    font: getComputedStyle(document.body).fontFamily,
    families: Object.fromEntries(Object.entries(tokens).map(([family, name]) => [family, token(name)])) as Record<
      Family,
      string
    >,
  };
}
