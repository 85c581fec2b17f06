// The linear scan h ← decay ⊙ h + input of each channel, and its derivative; four adjacent channels at a time. Batch
// rows and channels are given as half-open ranges; the first channel is the first of a vector.
import { loadLanes, storeLanes } from './lanes';

/** decay, input and states [batch, length, channels], initial [batch, channels]. */
export function linearScanForward(
  text: i32, lastText: i32, channel: i32, lastChannel: i32, length: i32, channels: i32,
  decay: usize, input: usize, initial: usize, states: usize,
): void {
  const row = <usize>channels << 2, first = <usize>channel << 2, count = lastChannel - channel;
  for (let b = text; b < lastText; b++) {
    let before = initial + <usize>b * row + first, place = <usize>(b * length) * row + first;
    for (let t = 0; t < length; t++, place += row) {
      advance(count, decay + place, input + place, before, states + place);
      before = states + place;
    }
  }
}

/** One step. */
function advance(channels: i32, decay: usize, input: usize, before: usize, states: usize): void {
  const whole = <usize>(channels & ~3) << 2, rest = channels & 3;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const kept = f32x4.mul(v128.load(decay + at), v128.load(before + at));
    v128.store(states + at, f32x4.add(kept, v128.load(input + at)));
  }
  if (!rest) return;
  const kept = f32x4.mul(loadLanes(decay + at, rest), loadLanes(before + at, rest));
  storeLanes(states + at, f32x4.add(kept, loadLanes(input + at, rest)), rest);
}

/**
 * dStates as states. With g the gradient of a state: dInput = g, dDecay = h₋₁ g, and decay g is added to the gradient
 * of the previous state.
 */
export function linearScanBackward(
  text: i32, lastText: i32, channel: i32, lastChannel: i32, length: i32, channels: i32,
  decay: usize, initial: usize, states: usize, dStates: usize, dDecay: usize, dInput: usize, dInitial: usize,
): void {
  const row = <usize>channels << 2;
  for (let b = text; b < lastText; b++) {
    const carried = dInitial + <usize>b * row;
    memory.fill(carried + (<usize>channel << 2), 0, <usize>(lastChannel - channel) << 2);
    for (let t = length - 1; t >= 0; t--) {
      const place = <usize>(b * length + t) * row;
      const before = t > 0 ? states + place - row : initial + <usize>b * row;
      for (let c = channel; c < lastChannel; c += 4) {
        const at = <usize>c << 2, lane = channels - c;
        const g = f32x4.add(loadLanes(carried + at, lane), loadLanes(dStates + place + at, lane));
        storeLanes(dInput + place + at, g, lane);
        storeLanes(dDecay + place + at, f32x4.mul(g, loadLanes(before + at, lane)), lane);
        storeLanes(carried + at, f32x4.mul(g, loadLanes(decay + place + at, lane)), lane);
      }
    }
  }
}
