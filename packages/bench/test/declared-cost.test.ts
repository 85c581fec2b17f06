import { initialize, openBackend } from '@sequitur/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { candidates } from '../src/candidates.js';
import { makeCell, modesOf } from '../src/scaling/cells.js';
import { countFlops } from '../src/scaling/count-flops.js';
import { declaredCost } from '../src/scaling/declared-cost.js';

/** Lengths within a segment, at its end, in the third, and beyond. */
const LENGTHS = [9, 64, 150, 192];

beforeAll(async () => {
  await openBackend('wasm', { threads: 1 });
});

describe.each(candidates)('$name', ({ create }) => {
  it.each(LENGTHS)('declares the measured operations and state bytes at %i tokens', (length) => {
    const candidate = create({ vocabularySize: 11, width: 32, depth: 2, heads: 2, length }, 24);
    initialize(candidate.model, 1);
    for (const mode of modesOf[candidate.kind]) {
      const cell = makeCell(candidate, mode, length);
      const { flops } = countFlops(() => cell.run());
      const { stateBytes } = cell;
      expect({ mode, flops, ...(stateBytes !== undefined && { stateBytes }) }).toEqual({
        mode,
        ...declaredCost(candidate, mode, length),
      });
      cell.dispose();
    }
    candidate.model.dispose();
  });
});
