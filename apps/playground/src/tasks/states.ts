import { drawn, type Example, NOT_ASKED, type Task } from './task.js';

export const parity: Task = {
  ...{ id: 'parity', name: 'Parity', symbols: ['0', '1'], chance: 1 / 2 },
  says: 'Bits one by one: is the number of ones so far odd?',
  placeLabel: 'bits read',
  size: { label: 'bits', default: 24, minimum: 2, maximum: 1024 },
  draw(chance, count) {
    const inputs = drawn(chance, count, 2);
    let odd = 0;
    const labels = inputs.map((bit) => (odd ^= bit));
    return { inputs, labels, places: inputs.map((_, index) => index + 1) };
  },
};

const OPEN = ['(', '[', '{'];
const CLOSE = [')', ']', '}'];

export const dyck: Task = {
  ...{ id: 'dyck', name: 'Dyck', symbols: [...OPEN, ...CLOSE], chance: 1 / OPEN.length },
  says: 'Nested brackets of three kinds: which one closes?',
  placeLabel: 'tokens since it opened',
  size: { label: 'pairs', default: 16, minimum: 2, maximum: 512 },
  draw(chance, pairs) {
    const text: number[] = [];
    const open: { kind: number; at: number }[] = [];
    const asked = new Map<number, number>();
    for (let opened = 0; text.length < 2 * pairs; ) {
      const canOpen = opened < pairs;
      if (canOpen && (open.length === 0 || chance.uniform() < 0.5)) {
        open.push({ kind: chance.integer(OPEN.length), at: text.length });
        text.push(open.at(-1)!.kind);
        opened++;
      } else {
        const { kind, at } = open.pop()!;
        asked.set(text.length, text.length - at);
        text.push(OPEN.length + kind);
      }
    }
    return askedAt(text, asked);
  },
};

/** An example whose token at each of the positions must be predicted from the previous one. */
export function askedAt(text: readonly number[], asked: ReadonlyMap<number, number>): Example {
  const inputs = text.slice(0, -1);
  const labels = inputs.map((_, index) => (asked.has(index + 1) ? text[index + 1]! : NOT_ASKED));
  const places = inputs.flatMap((_, index) => asked.get(index + 1) ?? []);
  return { inputs, labels, places };
}
