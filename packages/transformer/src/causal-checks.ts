import { type Module, modulesOf, type SequenceMixer, SequiturError, type StateTree, showValue } from '@sequitur/core';
import type { Block } from './block.js';

/**
 * Refuses mixers that are not causal: they would read the tokens to be predicted.
 *
 * @throws SequiturError naming the block
 */
export function refuseForesight(blocks: readonly Block[]): void {
  for (const [index, block] of blocks.entries()) {
    for (const [path, part] of modulesOf(block, `blocks.${index}`)) {
      const mixer = part as Module & Pick<SequenceMixer, 'isCausal'> & { readonly pattern?: object };
      if (mixer.isCausal !== false) continue;
      throw new SequiturError({
        where: `a causal model, ${path}`,
        expected: 'a causal mixer, in which no position attends to a later one',
        got: `${part.constructor.name}${mixer.pattern ? ` with pattern ${JSON.stringify(mixer.pattern).slice(0, 100)}` : ''}`,
        fix: 'Use both(causal(), pattern), or an encoder, in which positions may attend to later ones',
      });
    }
  }
}

/**
 * Checks the caches of the blocks.
 *
 * @throws SequiturError where one has read another number of tokens than the stack
 */
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
      fix: 'Pass a state that this model returned',
    });
  }
}
