// Fully masked queries that average over keys, as in PyTorch models in rows of padding.
import { ALL, BLOCK, Call, EVENLY, ROW, ZEROS } from './call';

/** Number of keys that the query averages over; 0 if its output is zero. */
function shareOf(call: Call, query: i32, starts: usize, entries: usize, masks: usize): i32 {
  if (call.fullyMasked == ZEROS) return 0;
  if (call.fullyMasked == ALL) return call.keys;
  let count = 0;
  for (let key = nextKey(call, query, -1, starts, entries, masks); key >= 0; count++) {
    key = nextKey(call, query, key, starts, entries, masks);
  }
  return count;
}

/** Whether the query has a visible key, by pattern, padding and document. */
export function seesSome(
  call: Call, query: i32, starts: usize, entries: usize, masks: usize, visible: usize, document: usize,
): bool {
  for (let key = nextShown(call, query, -1, starts, entries, masks); key >= 0;) {
    const found: f32 = visible ? load<f32>(visible + (<usize>key << 2)) : 1;
    if (found != 0 && (!call.documents || found == load<f32>(document))) return true;
    key = nextShown(call, query, key, starts, entries, masks);
  }
  return false;
}

/** The next key after `key` that a fully masked query averages over; -1 where there is none. */
function nextKey(call: Call, query: i32, key: i32, starts: usize, entries: usize, masks: usize): i32 {
  if (call.fullyMasked != EVENLY) return key + 1 < call.keys ? key + 1 : -1;
  return nextShown(call, query, key, starts, entries, masks);
}

/** The next key after `key` that the pattern allows for the query, padding included; -1 if there is none. */
function nextShown(call: Call, query: i32, key: i32, starts: usize, entries: usize, masks: usize): i32 {
  const block = <usize>(query / BLOCK) << 2;
  const last = load<i32>(starts + block, 4);
  for (let entry = load<i32>(starts + block); entry < last; entry++) {
    const at = entries + (<usize>entry << 3);
    const first = load<i32>(at) * BLOCK, mask = load<i32>(at, 4);
    const end = min(first + BLOCK, call.keys);
    for (let other = max(first, key + 1); other < end; other++) {
      if (mask < 0) return other;
      const word = masks + <usize>mask * (2 * ROW) + <usize>((other - first) >> 5) * ROW;
      if ((load<i32>(word + (<usize>(query & (BLOCK - 1)) << 2)) >> (other & 31)) & 1) return other;
    }
  }
  return -1;
}

/** output [valueSize] = the mean of the values that a fully masked query averages over. */
export function meanOfValues(
  call: Call, query: i32, starts: usize, entries: usize, masks: usize, value: usize, stride: i32, output: usize,
): void {
  const share: f32 = <f32>1 / <f32>max(1, shareOf(call, query, starts, entries, masks));
  memory.fill(output, 0, <usize>call.valueSize << 2);
  if (call.fullyMasked == ZEROS) return;
  for (let key = nextKey(call, query, -1, starts, entries, masks); key >= 0;) {
    addScaled(call.valueSize, share, value + (<usize>(key * stride) << 2), output);
    key = nextKey(call, query, key, starts, entries, masks);
  }
}

/** dvalue [keys, width] of a fully masked query. */
export function spreadToValues(
  call: Call, query: i32, starts: usize, entries: usize, masks: usize, doutput: usize, dvalue: usize, width: i32,
): void {
  const count = shareOf(call, query, starts, entries, masks);
  if (count == 0) return;
  const share: f32 = <f32>1 / <f32>count;
  for (let key = nextKey(call, query, -1, starts, entries, masks); key >= 0;) {
    addScaled(call.valueSize, share, doutput, dvalue + (<usize>(key * width) << 2));
    key = nextKey(call, query, key, starts, entries, masks);
  }
}

function addScaled(n: i32, factor: f32, x: usize, y: usize): void {
  for (let i = 0; i < n; i++, x += 4, y += 4) store<f32>(y, load<f32>(y) + load<f32>(x) * factor);
}
