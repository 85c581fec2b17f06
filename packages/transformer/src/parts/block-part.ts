import { checkOptions, type OptionsRule } from '@sequitur/core';
import type { Block } from '../block.js';

/** The place of a block in the stack. */
export interface PartPlace {
  readonly width: number;
  /** Number of blocks, and the index of this one. */
  readonly depth: number;
  readonly index: number;
}

/** A part: a block as plain JSON, with the function that builds it. */
export interface BlockPart {
  readonly kind: string;
  readonly options: object;
  build(place: PartPlace): Block;
}

/** A factory of blocks of one kind, found by its name when a model is loaded: there is no registry. */
export interface PartFactory<Options extends object = object> {
  (options?: Partial<Options>): BlockPart;
  readonly kind: string;
}

/**
 * Defines a kind of block for `LanguageModel`.
 *
 * @param kind its name in saved models
 * @param build creates the block, without parameter values, from options that are plain JSON
 * @param rule of the options, which are checked where they are given or read from a file
 */
export function definePart<Options extends object>(
  kind: string,
  build: (options: Partial<Options>, place: PartPlace) => Block,
  rule?: OptionsRule<Options>,
): PartFactory<Options> {
  const make = (options: Partial<Options> = {}): BlockPart => {
    if (rule) checkOptions(`the part ${kind}`, rule as OptionsRule<Partial<Options>>, options);
    return { kind, options, build: (place) => build(options, place) };
  };
  return Object.assign(make, { kind });
}
