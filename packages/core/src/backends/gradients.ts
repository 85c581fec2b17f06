import { cumsum, registerGradient, type Tensor, unregisterGradient } from '@tensorflow/tfjs-core';

let registered = false;

/** Registers the gradients of tfjs's ops, with corrections. */
export async function registerGradients(): Promise<void> {
  if (registered) return;
  const { gradConfigs } = await import('./gradients.generated.js');
  for (const config of gradConfigs) registerGradient(config);
  correctCumsum();
  registered = true;
}

/**
 * The gradient of cumsum is the cumsum in reverse along the same axis. tfjs transposes once too often on any axis but
 * the last.
 */
function correctCumsum(): void {
  unregisterGradient('Cumsum');
  registerGradient({
    kernelName: 'Cumsum',
    gradFunc: (dy, _saved, attrs) => {
      const { axis, exclusive, reverse } = attrs as unknown as { axis: number; exclusive: boolean; reverse: boolean };
      return { x: () => cumsum(dy as Tensor, axis, exclusive, !reverse) };
    },
  });
}
