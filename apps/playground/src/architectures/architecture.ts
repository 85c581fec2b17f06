import type { Setting } from '../protocol/recipe.js';

/** How information moves along the sequence. Each family has a colour, as in the bench's report. */
export type Family = 'dense' | 'sparse' | 'memory' | 'state' | 'hybrid' | 'recurrent' | 'encoder' | 'encoder-decoder';

export type Settings = Readonly<Record<string, Setting>>;

interface FieldBase {
  readonly name: string;
  readonly label: string;
  /** One sentence: what it changes. */
  readonly says: string;
  /** Condition for showing the field. */
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

/** The model and position of a block, on which its options may depend. */
export interface Place {
  readonly width: number;
}

/** A type of block: everything that the page knows about it. */
export interface Architecture {
  /** The `kind` of the part, as in saved models. */
  readonly kind: string;
  readonly name: string;
  readonly family: (settings: Settings) => Family;
  /** One sentence for beginners. */
  readonly says: string;
  readonly paper: { readonly name: string; readonly address: string };
  /** The package that contains it. */
  readonly package: string;
  readonly fields: readonly Field[];
  /** Short summary of the settings, for the block's right side. */
  readonly summary: (settings: Settings) => string;
  /** The options of the part, plain JSON. */
  readonly options: (settings: Settings, place: Place) => Readonly<Record<string, unknown>>;
  /** An error in the settings with its fix, or null. */
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
