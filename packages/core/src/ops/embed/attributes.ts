export interface EmbedAttributes {
  /** The id whose row gets no gradient; -1 for none. */
  readonly padding: number;
}

export interface EmbedGradientAttributes extends EmbedAttributes {
  readonly vocabularySize: number;
}
