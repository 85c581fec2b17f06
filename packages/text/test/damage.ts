import fc from 'fast-check';

/** Changes somewhere in a tree of JSON: where, by the number of the key at each level, and what is put there. */
export type Damage = readonly (readonly [path: readonly number[], junk: unknown])[];

/** What is put in place of a value; undefined takes it out. */
const junk = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    false,
    -1,
    0,
    1.5,
    1e12,
    2 ** 24,
    2 ** 53,
    '',
    '(',
    '\u{1f600}',
    [],
    {},
  ),
  fc.constantFrom<unknown>(
    '(a+)+b',
    '[',
    '\\p{X}',
    'a'.repeat(5000),
    'BPE',
    'Sequence',
    'Metaspace',
    'ByteLevel',
    'left',
    'x',
  ),
  fc.constantFrom<unknown>({ type: 'Sequence' }, { type: 'Strip' }, { type: 5 }, { Regex: '(a|a)*$' }, { String: '' }, [
    [],
  ]),
  fc.integer(),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.array(fc.string({ maxLength: 3 }), { maxLength: 3 }),
  fc.jsonValue({ maxDepth: 2 }),
);

export const damage: fc.Arbitrary<Damage> = fc.array(fc.tuple(fc.array(fc.nat(400), { maxLength: 6 }), junk), {
  minLength: 1,
  maxLength: 4,
});

export function damaged(value: unknown, changes: Damage): unknown {
  return changes.reduce<unknown>((changed, [path, put]) => replaced(changed, path, put), value);
}

function replaced(value: unknown, [step, ...rest]: readonly number[], put: unknown): unknown {
  if (step === undefined || typeof value !== 'object' || value === null) return put;
  const keys = Object.keys(value);
  if (keys.length === 0) return put;
  const key = keys[step % keys.length]!;
  const inner = replaced((value as Record<string, unknown>)[key], rest, put);
  if (Array.isArray(value)) {
    return inner === undefined ? value.toSpliced(Number(key), 1) : value.with(Number(key), inner);
  }
  const { [key]: _, ...others } = value as Record<string, unknown>;
  return inner === undefined ? others : { ...value, [key]: inner };
}
