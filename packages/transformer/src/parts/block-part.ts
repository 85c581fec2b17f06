import type { Block } from '../block.js';

/** Where a block stands: what its part need not say itself. */
export interface PartPlace {
  readonly width: number;
  /** How many blocks there are, and which of them this is. */
  readonly depth: number;
  readonly index: number;
}

/** A block as a value: plain JSON that says what it is, and how to build it. */
export interface BlockPart {
  readonly kind: string;
  readonly options: object;
  build(place: PartPlace): Block;
}

/** Makes parts of one kind. Its name finds it again when a model is loaded: there is no registry. */
export interface PartFactory<Options extends object = object> {
  (options?: Partial<Options>): BlockPart;
  readonly kind: string;
}

/**
 * A kind of block that any model can be composed of.
 *
 * @param kind its name in saved models
 * @param build makes the block, without values, from options that are plain JSON
 */
export function definePart<Options extends object>(
  kind: string,
  build: (options: Partial<Options>, place: PartPlace) => Block,
): PartFactory<Options> {
  const make = (options: Partial<Options> = {}): BlockPart => ({
    kind,
    options,
    build: (place) => build(options, place),
  });
  return Object.assign(make, { kind });
}
