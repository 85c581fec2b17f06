const STEPS: Readonly<Record<string, readonly [down: number, across: number]>> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
};

/** Where an arrow key goes: down and across; null for other keys. */
export function arrowOf({ key }: KeyboardEvent): readonly [down: number, across: number] | null {
  return STEPS[key] ?? null;
}
