import { causal, type Pattern, slidingWindow } from '@sequitur/attention';
import { SequiturError } from '@sequitur/core';
import { anInteger, type ConfigReader, texts } from '@sequitur/pretrained';

/** Which layers see a window, and how wide it is. */
export interface WindowedLayers {
  /** Window of the windowed layers: keys that a query attends to, including its own position. */
  readonly window?: number;
  /** For each layer whether it has the window; default all where `window` is given. */
  readonly windowed?: readonly boolean[];
}

interface LayerTypeDefaults {
  readonly depth: number;
  /** The default window of configs without one; null: no windows. */
  readonly window: number | null;
  /** Whether a layer has a window where `layer_types` is not given. */
  readonly isWindowed: (layer: number) => boolean;
}

/** Reads `sliding_window` and `layer_types`; absent ones have the defaults of the class. */
export function readWindowedLayers(
  json: ConfigReader,
  { depth, window, isWindowed }: LayerTypeDefaults,
): WindowedLayers {
  const given = json.has('sliding_window') ? json.maybe('sliding_window', anInteger()) : (window ?? undefined);
  const kinds = json.maybe('layer_types', texts);
  const windowed = kinds ? kinds.map(isSliding) : Array.from({ length: depth }, (_, layer) => isWindowed(layer));
  if (windowed.length !== depth) {
    const got = `${windowed.length}`;
    throw new SequiturError({
      where: `${json.where}, layer_types`,
      expected: `${depth} kinds, one for each layer`,
      got,
    });
  }
  if (!windowed.includes(true)) return {};
  if (given !== undefined) return { window: given, windowed };
  const expected = 'a sliding_window, since layer_types asks for windows';
  throw new SequiturError({ where: json.where, expected, got: 'null' });
}

function isSliding(kind: string, layer: number): boolean {
  if (kind === 'sliding_attention' || kind === 'full_attention') return kind === 'sliding_attention';
  const expected = 'sliding_attention or full_attention';
  throw new SequiturError({ where: `config.json, layer_types, layer ${layer}`, expected, got: kind });
}

/** What `readWindowedLayers` reads, as config.json spells it. */
export function writeWindowedLayers({ window, windowed }: WindowedLayers, depth: number): Record<string, unknown> {
  const kinds = Array.from({ length: depth }, (_, layer) =>
    isWindowedLayer({ ...(window && { window }), ...(windowed && { windowed }) }, layer),
  );
  return {
    sliding_window: window ?? null,
    layer_types: kinds.map((is) => (is ? 'sliding_attention' : 'full_attention')),
  };
}

export function isWindowedLayer({ window, windowed }: WindowedLayers, layer: number): boolean {
  return window !== undefined && (windowed?.[layer] ?? true);
}

/** The pattern of each layer. */
export function layerPatterns(layers: WindowedLayers): (layer: number) => Pattern {
  return (layer) => {
    return isWindowedLayer(layers, layer) ? slidingWindow({ left: layers.window! - 1, right: 0 }) : causal();
  };
}
