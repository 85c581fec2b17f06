export interface DropoutAttributes {
  /** In [0, 1). */
  readonly rate: number;
  /** In [0, 2³²). */
  readonly seed: number;
}
