// The state of the heads of one sequence during attention of few queries.
import { BLOCK, bytes, Call, HIDDEN } from './call';

/** Some heads of one sequence, as offsets; a row is a query of a head: rows [heads, queries]. */
// @ts-ignore: decorator
@unmanaged
export class Heads {
  batch: i32;
  first: i32;
  last: i32;
  /** Pattern of these heads. */
  starts: usize;
  entries: usize;
  masks: usize;
  /** [rows, 64]: scores, then weights, of one block of keys. */
  scores: usize;
  /** [rows] each: the maximum of the scores, the sum of the weights, and 1 where some key is visible. */
  tops: usize;
  totals: usize;
  seen: usize;
}

export const HEADS_BYTES: usize = 64;

/** Initialises some heads of one sequence: no visible key so far, outputs of zeros. */
export function enterHeads(call: Call, heads: Heads, b: i32, first: i32, last: i32, scratch: usize): void {
  const rows = (last - first) * call.queries;
  const layout = <usize>call.layouts + <usize>(call.layoutCount == 1 ? 0 : first) * 12;
  heads.batch = b;
  heads.first = first;
  heads.last = last;
  heads.starts = <usize>load<u32>(layout);
  heads.entries = <usize>load<u32>(layout, 4);
  heads.masks = <usize>load<u32>(layout, 8);
  heads.scores = scratch;
  heads.tops = scratch + bytes(rows * BLOCK);
  heads.totals = heads.tops + bytes(rows);
  heads.seen = heads.totals + bytes(rows);
  memory.fill(heads.totals, 0, bytes(2 * rows));
  for (let r = 0; r < rows; r++) {
    store<f32>(heads.tops + bytes(r), HIDDEN);
    memory.fill(outputOf(call, heads, r), 0, bytes(call.valueSize));
  }
}

/** Index of the query head of a row. */
// @ts-ignore: decorator
@inline
export function headOf(call: Call, heads: Heads, row: i32): i32 {
  return heads.first + row / call.queries;
}

/** Index of a row among all [batch, queries, heads]. */
// @ts-ignore: decorator
@inline
function placeOf(call: Call, heads: Heads, row: i32): i32 {
  return (heads.batch * call.queries + (row % call.queries)) * call.heads + headOf(call, heads, row);
}

/** Output vector of a row. */
// @ts-ignore: decorator
@inline
export function outputOf(call: Call, heads: Heads, row: i32): usize {
  return <usize>call.output + bytes(placeOf(call, heads, row) * call.valueSize);
}
