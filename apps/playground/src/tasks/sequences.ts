import { answered, digits, drawn, letters, type Task } from './task.js';

const SEPARATOR = '=';
const kinds = letters.slice(0, 16);
const symbols = [...kinds, SEPARATOR];
const size = { label: 'symbols', default: 12, minimum: 2, maximum: 256 };
const inAnswer = { placeLabel: 'place in the answer', size };

export const copy: Task = {
  ...{ id: 'copy', name: 'Copy', symbols, chance: 1 / kinds.length, ...inAnswer },
  says: 'Some symbols, then the same again.',
  draw(chance, count) {
    const given = drawn(chance, count, kinds.length);
    return answered([...given, kinds.length], given);
  },
};

export const reverse: Task = {
  ...{ id: 'reverse', name: 'Reverse', symbols, chance: 1 / kinds.length, ...inAnswer },
  says: 'Some symbols, then the same backwards.',
  draw(chance, count) {
    const given = drawn(chance, count, kinds.length);
    return answered([...given, kinds.length], [...given].reverse());
  },
};

export const sort: Task = {
  ...{ id: 'sort', name: 'Sort', symbols, chance: 1 / kinds.length, ...inAnswer },
  says: 'Some letters, then the same from a to p.',
  draw(chance, count) {
    const given = drawn(chance, count, kinds.length);
    return answered(
      [...given, kinds.length],
      [...given].sort((a, b) => a - b),
    );
  },
};

export const addition: Task = {
  ...{ id: 'addition', name: 'Addition', symbols: [...digits, '+', SEPARATOR], chance: 1 / 10 },
  says: 'Two numbers and their sum, written from the ones upwards so that carries go along.',
  placeLabel: 'digit, from the ones',
  size: { label: 'digits', default: 6, minimum: 1, maximum: 128 },
  draw(chance, count) {
    const [a, b] = [drawn(chance, count, 10), drawn(chance, count, 10)];
    let carry = 0;
    const sum = a.map((digit, index) => {
      const total = digit + b[index]! + carry;
      carry = total >= 10 ? 1 : 0;
      return total % 10;
    });
    return answered([...a, 10, ...b, 11], [...sum, carry]);
  },
};
