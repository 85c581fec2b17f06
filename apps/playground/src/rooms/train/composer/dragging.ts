/** State of a drag: the block would be inserted before this index, counted from the top of the list. */
export interface Drag {
  readonly from: number;
  readonly to: number;
}

interface Callbacks {
  readonly onDrag: (drag: Drag | null) => void;
  readonly onDrop: (drag: Drag) => void;
}

const START_AFTER = 4;

/** Follows a pointer (mouse, pen or touch) from a block until it is lifted. */
export function drag(event: PointerEvent, list: HTMLElement, { onDrag, onDrop }: Callbacks): void {
  const grip = event.currentTarget as HTMLElement;
  const items = [...list.querySelectorAll<HTMLElement>('[data-block]')];
  const from = items.findIndex((item) => item.contains(grip));
  if (event.button !== 0 || from < 0) return;
  const ending = new AbortController();
  let current: Drag | null = null;

  grip.setPointerCapture(event.pointerId);
  listen('pointermove', (move) => {
    if (!current && Math.abs(move.clientY - event.clientY) < START_AFTER) return;
    current = { from, to: placeAt(items, move.clientY) };
    onDrag(current);
  });
  listen('pointerup', () => {
    const last = current;
    end();
    if (last) onDrop(last);
  });
  listen('pointercancel', end);
  addEventListener('keydown', (key) => key.key === 'Escape' && end(), { signal: ending.signal });

  function listen(type: 'pointermove' | 'pointerup' | 'pointercancel', listener: (event: PointerEvent) => void): void {
    grip.addEventListener(type, listener, { signal: ending.signal });
  }

  function end(): void {
    current = null;
    ending.abort();
    onDrag(null);
  }
}

/** Number of blocks whose middle is above `y`. */
function placeAt(items: readonly HTMLElement[], y: number): number {
  return items.filter((item) => {
    const { top, height } = item.getBoundingClientRect();
    return top + height / 2 < y;
  }).length;
}
