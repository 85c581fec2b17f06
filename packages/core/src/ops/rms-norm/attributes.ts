export interface RmsNormAttributes {
  readonly epsilon: number;
  readonly groupSize: number;
  readonly weightOffset: number;
}
