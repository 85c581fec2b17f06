import { Environment } from '@huggingface/jinja';
import { SequiturError, showValue } from '@sequitur/core';

/** Maximum length of `range`. */
const LONGEST_RANGE = 10_000;

/** The globals of Hugging Face's chat templates, and additional variables. */
export function templateEnvironment(variables: Readonly<Record<string, unknown>>): Environment {
  const environment = new Environment();
  const names = {
    ...{ true: true, false: false, none: null, True: true, False: false, None: null },
    ...{ range, strftime_now: (format: unknown) => dateText(format, new Date()), raise_exception: refuse },
    ...variables,
  };
  for (const [name, value] of Object.entries(names)) environment.set(name, value);
  return environment;
}

function refuse(message: unknown): never {
  throw new Error(String(message));
}

/** Python's `range`. */
function range(first: unknown, second?: unknown, step: unknown = 1): number[] {
  const [from, to] = second === undefined ? [0, first] : [first, second];
  if (![from, to, step].every(Number.isSafeInteger) || step === 0) {
    throw wrong('range', 'whole numbers, and a step that is not 0', [from, to, step]);
  }
  const [start, end, by] = [from, to, step] as [number, number, number];
  const length = Math.max(0, Math.ceil((end - start) / by));
  if (length > LONGEST_RANGE) throw wrong('range', `at most ${LONGEST_RANGE} numbers`, length);
  return Array.from({ length }, (_, index) => start + index * by);
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];

/** Python's `strftime` in English, in local time. */
export function dateText(format: unknown, date: Date): string {
  if (typeof format !== 'string') throw wrong('strftime_now', 'a format', format);
  const two = (value: number) => String(value).padStart(2, '0');
  const [day, month] = [DAYS[date.getDay()]!, MONTHS[date.getMonth()]!];
  const parts: Readonly<Record<string, string>> = {
    ...{ '%': '%', Y: String(date.getFullYear()), y: two(date.getFullYear() % 100), m: two(date.getMonth() + 1) },
    ...{ d: two(date.getDate()), e: String(date.getDate()).padStart(2), B: month, b: month.slice(0, 3) },
    ...{ A: day, a: day.slice(0, 3), H: two(date.getHours()), I: two(date.getHours() % 12 || 12) },
    ...{ M: two(date.getMinutes()), S: two(date.getSeconds()), p: date.getHours() < 12 ? 'AM' : 'PM' },
  };
  return format.replace(/%(.?)/gs, (directive, name: string) => {
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (part === undefined)
      throw wrong('strftime_now', `directives among %${Object.keys(parts).join(' %')}`, directive);
    return part;
  });
}

function wrong(where: string, expected: string, got: unknown): SequiturError {
  return new SequiturError({ where: `chat template, ${where}`, expected, got: showValue(got) });
}
