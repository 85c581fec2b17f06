import { askedAt } from './states.js';
import { answered, drawn, letters, NOT_ASKED, type Task } from './task.js';

const KEYS = 16;
const VALUES = 8;

export const associativeRecall: Task = {
  ...{ id: 'associative-recall', name: 'Associative recall', chance: 1 / VALUES },
  says: 'Pairs of keys and values, then keys again: what was the value of each?',
  symbols: [...letters.slice(0, KEYS), ...Array.from({ length: VALUES }, (_, value) => String(value + 1))],
  placeLabel: 'tokens back',
  size: { label: 'pairs', default: 8, minimum: 2, maximum: 256 },
  draw(chance, pairs) {
    const text: number[] = [];
    const known = new Map<number, { value: number; at: number }>();
    const asked = new Map<number, number>();
    for (let pair = 0; pair < 2 * pairs; pair++) {
      const isQuestion = pair >= pairs;
      const keys = [...known.keys()];
      const key = isQuestion ? keys[chance.integer(keys.length)]! : chance.integer(KEYS);
      const seen = known.get(key);
      // A repeated key keeps its value, so that each question has one answer.
      const value = seen?.value ?? chance.integer(VALUES);
      if (isQuestion) asked.set(text.length + 1, text.length - seen!.at);
      known.set(key, { value, at: isQuestion ? seen!.at : text.length });
      text.push(key, KEYS + value);
    }
    return askedAt(text, asked);
  },
};

const REMEMBERED = 4;
const COLOURS = letters.slice(0, 8);
const [NOISE, ASK] = [COLOURS.length, COLOURS.length + 1];

export const selectiveCopying: Task = {
  ...{ id: 'selective-copying', name: 'Selective copying', chance: 1 / COLOURS.length },
  says: `${REMEMBERED} letters strewn among noise, then asked for in their order.`,
  symbols: [...COLOURS, '·', '?'],
  placeLabel: 'place in the answer',
  size: { label: 'tokens of noise', default: 24, minimum: 8, maximum: 1024 },
  draw(chance, noise) {
    const field = noise + REMEMBERED;
    const places = chance.shuffle(Array.from({ length: field }, (_, place) => place)).slice(0, REMEMBERED);
    const kept = drawn(chance, REMEMBERED, COLOURS.length);
    const text = new Array<number>(field).fill(NOISE);
    for (const [index, place] of places.sort((a, b) => a - b).entries()) text[place] = kept[index]!;
    return {
      inputs: [...text, ...kept.map(() => ASK)],
      labels: [...text.map(() => NOT_ASKED), ...kept],
      places: kept.map((_, index) => index + 1),
    };
  },
};

const ORDINARY = 15;

export const induction: Task = {
  ...{ id: 'induction', name: 'Induction heads', chance: 1 / ORDINARY },
  says: 'A special token comes once, and again at the end: what followed it the first time?',
  symbols: [...letters.slice(0, ORDINARY), '!'],
  placeLabel: 'tokens back',
  size: { label: 'tokens', default: 32, minimum: 8, maximum: 2048 },
  draw(chance, length) {
    const text = drawn(chance, length, ORDINARY);
    const first = chance.integer(length - 3);
    text[first] = ORDINARY;
    text[length - 1] = ORDINARY;
    return { ...answered(text, [text[first + 1]!]), places: [length - 1 - first] };
  },
};
