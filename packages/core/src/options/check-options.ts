import * as v from 'valibot';
import { SequiturError } from '../errors.js';
import { anObject, type OptionRule } from './kinds.js';
import { shorten, showValue } from './show-value.js';

/** A rule for each option of an interface: a missing one is a type error. */
export type OptionRules<Options> = { readonly [Name in keyof Options]-?: OptionRule };

/** The rule of an option object. It is also a rule for nested options. */
export type OptionsRule<Options> = v.GenericSchema<Options>;

/**
 * The rule of an object of options, made once for each function:
 *
 *     const nextTokenOptions = optionsOf<NextTokenOptions>({ labelSmoothing: option.optional(option.share) });
 */
export function optionsOf<Options extends object>(rules: OptionRules<Options>): OptionsRule<Options> {
  const names = Object.keys(rules).join(', ');
  const phrase = ({ expected }: { readonly expected: string | null }) => {
    if (expected === 'never') return `options among ${names || 'none'}`;
    const missing = (rules as Record<string, OptionRule>)[expected?.slice(1, -1) ?? ''] as { message?: unknown };
    return typeof missing?.message === 'string' ? missing.message : 'a value';
  };
  return v.pipe(anObject, v.strictObject({ ...rules }, phrase)) as unknown as OptionsRule<Options>;
}

/**
 * Checks an option object before anything is computed: names, types, ranges. Every public function with options calls
 * it first. Conditions between options are checked by the caller afterwards.
 *
 * @param where the function as users call it: `train`
 * @returns the options, unchanged
 * @throws SequiturError naming the option, the expected and the given value; unknown names are refused
 */
export function checkOptions<Options extends object>(
  where: string,
  rule: OptionsRule<Options>,
  options: NoInfer<Options>,
): Options {
  return checkArgument(where, rule, options);
}

/**
 * Checks a single argument by a rule.
 *
 * @returns the argument, unchanged
 * @throws SequiturError naming the expected and the given value
 */
export function checkArgument<T>(where: string, rule: OptionRule, argument: T): T {
  const result = v.safeParse(rule, argument, { abortEarly: true });
  if (result.success) return argument;
  const [issue] = result.issues;
  const path = (issue.path ?? []).map(({ key }: { readonly key: unknown }) => String(key));
  throw new SequiturError({
    where: shorten([where, path.join('.')].filter(Boolean).join(', ')),
    expected: issue.message,
    got: issue.expected === 'never' ? `'${shorten(path.at(-1) ?? '')}'` : showValue(issue.input),
  });
}
