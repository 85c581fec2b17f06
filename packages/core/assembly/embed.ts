/** y [count, width] = the rows of the table [vocabulary, width] for the ids; NaN for ids outside the table. */
export function embedForward(count: i32, vocabulary: i32, width: i32, ids: usize, table: usize, y: usize): void {
  const bytes = <usize>width << 2;
  for (let i = 0; i < count; i++, ids += 4, y += bytes) {
    const id = load<i32>(ids);
    if (id >= 0 && id < vocabulary) memory.copy(y, table + <usize>id * bytes, bytes);
    else memory.fill(y, 0xff, bytes);
  }
}

/** table gradient [vocabulary, width] = for each id the sum of the rows of dy that it was looked up for; `padding` gets none. */
export function embedBackward(
  count: i32, vocabulary: i32, width: i32, ids: usize, dy: usize, padding: i32, dtable: usize,
): void {
  const bytes = <usize>width << 2;
  const whole = <usize>(width & ~3) << 2;
  memory.fill(dtable, 0, <usize>vocabulary * bytes);
  for (let i = 0; i < count; i++, ids += 4, dy += bytes) {
    const id = load<i32>(ids);
    if (id == padding || id < 0 || id >= vocabulary) continue;
    const row = dtable + <usize>id * bytes;
    let at: usize = 0;
    for (; at < whole; at += 16) v128.store(row + at, f32x4.add(v128.load(row + at), v128.load(dy + at)));
    for (; at < bytes; at += 4) store<f32>(row + at, load<f32>(row + at) + load<f32>(dy + at));
  }
}
