/** Where a dragged block would land: before the block that stands there, counted from the top of the list. */
export interface Drag {
  readonly from: number;
  readonly to: number;
}

interface Callbacks {
  readonly onDrag: (drag: Drag | null) => void;
  readonly onDrop: (drag: Drag) => void;
}

const START_AFTER = 4;

/** Follows a pointer that went down on a block until it is lifted: mouse, pen and finger alike. */
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

/** How many blocks have their middle above a height of the window. */
function placeAt(items: readonly HTMLElement[], y: number): number {
  return items.filter((item) => {
    const { top, height } = item.getBoundingClientRect();
    return top + height / 2 < y;
  }).length;
}
