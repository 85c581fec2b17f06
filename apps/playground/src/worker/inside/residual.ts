import type { ResidualStream } from '../../protocol/inside.js';
import type { Observed } from '../see/observed.js';

/** The layers of the residual stream, the embedding first, each [1, length, width]. */
export function layersOf(found: ReadonlyMap<string, Observed>): { label: string; value: Observed }[] {
  const embedding = found.get('embedding');
  const outputs = [...found].filter(([name]) => /^blocks\.\d+\.output$/.test(name));
  return [
    ...(embedding ? [{ label: 'embedding', value: embedding }] : []),
    ...outputs.map(([name, value]) => ({ label: String(Number(name.split('.')[1]) + 1), value })),
  ];
}

/** How long the vector of each token is after each layer, and how much the layer added. */
export function residualStream(found: ReadonlyMap<string, Observed>): ResidualStream | null {
  const layers = layersOf(found);
  if (layers.length < 2) return null;
  const [, length, width] = layers[0]!.value.shape as [number, number, number];
  const norms = new Float32Array(layers.length * length);
  const added = new Float32Array(layers.length * length);
  for (const [layer, { value }] of layers.entries()) {
    const below = layers[layer - 1]?.value.values;
    for (let token = 0; token < length; token++) {
      let [whole, step] = [0, 0];
      for (let at = token * width; at < (token + 1) * width; at++) {
        whole += value.values[at]! ** 2;
        step += (value.values[at]! - (below?.[at] ?? 0)) ** 2;
      }
      norms[layer * length + token] = Math.sqrt(whole);
      added[layer * length + token] = Math.sqrt(step);
    }
  }
  return { labels: layers.map(({ label }) => label), norms, added };
}
