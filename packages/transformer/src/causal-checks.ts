import { type Module, modulesOf, type SequenceMixer, SequiturError, type StateTree, showValue } from '@sequitur/core';
import type { Block } from './block.js';

/** @throws SequiturError where a block knows what comes after a position: it would read the answer */
export function refuseForesight(blocks: readonly Block[]): void {
  for (const [index, block] of blocks.entries()) {
    for (const [path, part] of modulesOf(block, `blocks.${index}`)) {
      const mixer = part as Module & Pick<SequenceMixer, 'isCausal'> & { readonly pattern?: object };
      if (mixer.isCausal !== false) continue;
      throw new SequiturError({
        where: `a causal model, ${path}`,
        expected: 'a mixer whose positions see nothing that comes after them',
        got: `${part.constructor.name}${mixer.pattern ? ` with pattern ${JSON.stringify(mixer.pattern).slice(0, 100)}` : ''}`,
        fix: 'Take both(causal(), pattern), or an encoder where every position may see all',
      });
    }
  }
}

/** @throws SequiturError where a cache that counts its positions has read another number of tokens than the stack */
export function expectSameLength({
  length,
  blocks,
}: {
  readonly length: number;
  readonly blocks: readonly StateTree[];
}): void {
  for (const [index, block] of blocks.entries()) {
    const own = typeof block === 'object' && 'length' in block && !Array.isArray(block) ? block.length : length;
    if (own === length) continue;
    throw new SequiturError({
      where: `CausalStack, state, block ${index}`,
      expected: `a cache of the ${showValue(length)} tokens that were read`,
      got: `one of ${showValue(own)}`,
      fix: 'Pass a state as the model returned it',
    });
  }
}
