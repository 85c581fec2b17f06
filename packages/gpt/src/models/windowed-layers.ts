import { causal, type Pattern, slidingWindow } from '@sequitur/attention';
import { SequiturError } from '@sequitur/core';
import { type AttributeTable, aBoolean, anInteger, type ConfigReader, texts } from '@sequitur/pretrained';

/** The config of sliding windows: their size and layers. */
export interface WindowedLayers {
  /** Window of the windowed layers: keys that a query attends to, including its own position. */
  readonly window?: number;
  /** For each layer whether it has the window; default all where `window` is given. */
  readonly windowed?: readonly boolean[];
}

interface WindowDefaults {
  /** The default window of configs without one; null: no windows. */
  readonly window: number | null;
  /** Whether windows depend on `use_sliding_window`, whose default is false. */
  readonly switched?: boolean;
  /** The layers with a window if `layer_types` is absent. */
  readonly layers: (json: ConfigReader) => (layer: number) => boolean;
}

/** The attributes of windows: `sliding_window` and `layer_types`, with the defaults of Python's class. */
export function windowedLayers(defaults: WindowDefaults): AttributeTable<WindowedLayers> {
  return {
    read: (json, known) => readWindowedLayers(json, known!.depth, defaults),
    write: (config) => {
      const { window, depth } = config as WindowedLayers & { readonly depth: number };
      const kinds = Array.from({ length: depth }, (_, layer) => isWindowedLayer(config, layer));
      return {
        ...(defaults.switched && { use_sliding_window: window !== undefined }),
        sliding_window: window ?? null,
        layer_types: kinds.map((is) => (is ? 'sliding_attention' : 'full_attention')),
      };
    },
  };
}

/** All layers but every n-th, where n is `sliding_window_pattern` or the default of the class. */
export function allButEvery(usual: number): WindowDefaults['layers'] {
  return (json) => {
    const given =
      json.maybe('sliding_window_pattern', anInteger()) ?? json.maybe('_sliding_window_pattern', anInteger());
    return (layer) => (layer + 1) % (given ?? usual) !== 0;
  };
}

function readWindowedLayers(json: ConfigReader, depth: number, { window, switched, layers }: WindowDefaults) {
  const used = !switched || json.take('use_sliding_window', aBoolean, false);
  const isWindowed = layers(json);
  const given = json.has('sliding_window') ? json.maybe('sliding_window', anInteger()) : (window ?? undefined);
  const kinds = json.maybe('layer_types', texts);
  const windowed = kinds
    ? kinds.map(isSliding)
    : Array.from({ length: depth }, (_, layer) => used && isWindowed(layer));
  if (windowed.length !== depth) {
    const [where, got] = [`${json.where}, layer_types`, `${windowed.length}`];
    throw new SequiturError({ where, expected: `${depth} kinds, one for each layer`, got });
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

export function isWindowedLayer({ window, windowed }: WindowedLayers, layer: number): boolean {
  return window !== undefined && (windowed?.[layer] ?? true);
}

/** The pattern of each layer. */
export function layerPatterns(layers: WindowedLayers): (layer: number) => Pattern {
  return (layer) => {
    return isWindowedLayer(layers, layer) ? slidingWindow({ left: layers.window! - 1, right: 0 }) : causal();
  };
}
