/** A special token by id, or a placeholder for the tokens of the first (0) or second (1) text. */
export type TemplateItem =
  | { readonly token: number; readonly typeId: number }
  | { readonly sequence: 0 | 1; readonly typeId: number };

/** The special tokens around one text and around a pair. */
export interface Template {
  readonly single: readonly TemplateItem[];
  readonly pair: readonly TemplateItem[];
}

const [first, second] = [0, 1] as const;

/** No special tokens. */
export const bareTemplate: Template = {
  single: [{ sequence: first, typeId: 0 }],
  pair: [
    { sequence: first, typeId: 0 },
    { sequence: second, typeId: 1 },
  ],
};

/** `[CLS] a [SEP] b [SEP]`, the second text with token type 1 (BERT). */
export function bertTemplate(classification: number, separator: number): Template {
  const single: TemplateItem[] = [
    { token: classification, typeId: 0 },
    { sequence: first, typeId: 0 },
    { token: separator, typeId: 0 },
  ];
  return { single, pair: [...single, { sequence: second, typeId: 1 }, { token: separator, typeId: 1 }] };
}

/** `<s> a </s></s> b </s>`, all with token type 0 (RoBERTa). */
export function robertaTemplate(begin: number, end: number): Template {
  const single: TemplateItem[] = [
    { token: begin, typeId: 0 },
    { sequence: first, typeId: 0 },
    { token: end, typeId: 0 },
  ];
  const pair: TemplateItem[] = [
    ...single,
    { token: end, typeId: 0 },
    { sequence: second, typeId: 0 },
    { token: end, typeId: 0 },
  ];
  return { single, pair };
}

/** An optional begin and end token around every text, all with token type 0 (T5, Llama). */
export function bracketTemplate({ begin, end }: { begin?: number | undefined; end?: number | undefined }): Template {
  const around = (sequence: 0 | 1): TemplateItem[] => [
    ...(begin === undefined ? [] : [{ token: begin, typeId: 0 }]),
    { sequence, typeId: 0 },
    ...(end === undefined ? [] : [{ token: end, typeId: 0 }]),
  ];
  return { single: around(first), pair: [...around(first), ...around(second)] };
}

/** The number of special tokens of a template. */
export function templateLength(items: readonly TemplateItem[]): number {
  return items.filter((item) => 'token' in item).length;
}
