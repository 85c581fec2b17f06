import type { Setting } from '../protocol/recipe.js';

/** How information moves along the sequence; each family has its colour, as in the bench's report. */
export type Family = 'dense' | 'sparse' | 'memory' | 'state' | 'hybrid' | 'recurrent' | 'encoder' | 'encoder-decoder';

export type Settings = Readonly<Record<string, Setting>>;

interface FieldBase {
  readonly name: string;
  readonly label: string;
  /** One sentence: what it changes. */
  readonly says: string;
  /** Shown only where this holds. */
  readonly when?: (settings: Settings) => boolean;
}

export interface NumberField extends FieldBase {
  readonly kind: 'number';
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
}

export interface ChoiceField extends FieldBase {
  readonly kind: 'choice';
  readonly default: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

export type Field = NumberField | ChoiceField;

/** Where the part stands: what its settings may depend on. */
export interface Place {
  readonly width: number;
}

/** An architecture of a block: all that the page knows of it. */
export interface Architecture {
  /** The kind of the part that the packages build, as it stands in saved models. */
  readonly kind: string;
  readonly name: string;
  readonly family: (settings: Settings) => Family;
  /** One sentence that a beginner understands. */
  readonly says: string;
  readonly paper: { readonly name: string; readonly address: string };
  /** Where its code lies. */
  readonly package: string;
  readonly fields: readonly Field[];
  /** A few words about the settings, for the block's right side. */
  readonly summary: (settings: Settings) => string;
  /** The options of the part, plain JSON. */
  readonly options: (settings: Settings, place: Place) => Readonly<Record<string, unknown>>;
  /** What is wrong with the settings at this place, and the remedy; null where nothing is. */
  readonly fault?: (settings: Settings, place: Place) => string | null;
}

export function number(
  name: string,
  label: string,
  says: string,
  [value, minimum, maximum]: readonly [number, number, number],
  when?: NumberField['when'],
): NumberField {
  return { kind: 'number', name, label, says, default: value, minimum, maximum, ...(when && { when }) };
}

export function choice(
  name: string,
  label: string,
  says: string,
  options: Readonly<Record<string, string>>,
  when?: ChoiceField['when'],
): ChoiceField {
  const list = Object.entries(options).map(([value, text]) => ({ value, label: text }));
  return { kind: 'choice', name, label, says, default: list[0]!.value, options: list, ...(when && { when }) };
}
