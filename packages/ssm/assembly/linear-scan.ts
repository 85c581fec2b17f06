// h ← decay ⊙ h + input for each channel, and its derivative; four neighbouring channels at a time.
import { loadLanes, storeLanes } from './lanes';

/** decay, input and states [batch, length, channels], initial [batch, channels]. */
export function linearScanForward(
  batch: i32, length: i32, channels: i32, decay: usize, input: usize, initial: usize, states: usize,
): void {
  const row = <usize>channels << 2;
  for (let b = 0; b < batch; b++, initial += row) {
    let before = initial;
    for (let t = 0; t < length; t++, decay += row, input += row, states += row) {
      for (let c = 0; c < channels; c += 4) {
        const at = <usize>c << 2, lane = channels - c;
        const kept = f32x4.mul(loadLanes(decay + at, lane), loadLanes(before + at, lane));
        storeLanes(states + at, f32x4.add(kept, loadLanes(input + at, lane)), lane);
      }
      before = states;
    }
  }
}

/** dStates as states. With g the gradient of a state: dInput = g, dDecay = h₋₁ g, and decay g goes to the state before. */
export function linearScanBackward(
  batch: i32, length: i32, channels: i32, decay: usize, initial: usize, states: usize, dStates: usize,
  dDecay: usize, dInput: usize, dInitial: usize,
): void {
  const row = <usize>channels << 2, whole = <usize>length * row;
  memory.fill(dInitial, 0, <usize>batch * row);
  for (let b = 0; b < batch; b++, initial += row, dInitial += row) {
    const start = <usize>b * whole;
    for (let t = length - 1; t >= 0; t--) {
      const place = start + <usize>t * row;
      const before = t > 0 ? states + place - row : initial;
      for (let c = 0; c < channels; c += 4) {
        const at = <usize>c << 2, lane = channels - c;
        const g = f32x4.add(loadLanes(dInitial + at, lane), loadLanes(dStates + place + at, lane));
        storeLanes(dInput + place + at, g, lane);
        storeLanes(dDecay + place + at, f32x4.mul(g, loadLanes(before + at, lane)), lane);
        storeLanes(dInitial + at, f32x4.mul(g, loadLanes(decay + place + at, lane)), lane);
      }
    }
  }
}
