import { expectHonest, fuzzRuns } from '@sequitur/laws';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jinjaTemplate, type Message } from '../src/index.js';

const PIECES = [
  ...[
    '{% for m in messages %}',
    '{% endfor %}',
    '{% if m.role == "user" %}',
    '{% else %}',
    '{% endif %}',
    '{% break %}',
  ],
  ...[
    '{% continue %}',
    '{{ m.content }}',
    '{{ m["role"] | upper }}',
    '{{ messages | tojson(indent=2) }}',
    '{{ loop.index }}',
  ],
  ...[
    '{% set ns = namespace(x=[1]) %}',
    '{% set ns.x = ns.x + ns.x %}',
    '{% set ns.x = [ns.x, ns.x] %}',
    '{{ ns.x | join(",") }}',
  ],
  ...[
    '{% macro f(n) %}',
    '{% endmacro %}',
    '{{ f(3) }}',
    '{{ f(n - 1) }}',
    '{% for i in range(5000) %}',
    '{{ i }}',
    '{{ bos_token }}',
  ],
  ...[
    '{{ "a" * 3 }}',
    '{{ messages[0].content.replace("a", "bb") }}',
    '{{ x | default("y") }}',
    '{{ raise_exception("no") }}',
  ],
  ...[
    '{{ messages[-1:][0] }}',
    '{{ 1 / 0 }}',
    '{{ none.x }}',
    '{{ strftime_now("%Y") }}',
    '{%- set a = "b" -%}',
    '{# c #}',
    ' ',
    '\n',
  ],
  ...[
    '{{',
    '}}',
    '{%',
    '%}',
    '(',
    ')',
    '|',
    '.',
    '"',
    "'",
    '[',
    ']',
    'text',
    '{% generation %}',
    '{% endgeneration %}',
    '\\',
  ],
  ...[
    '{{ messages | selectattr("role", "equalto", "user") | list }}',
    '{% call f() %}',
    '{% endcall %}',
    '{% filter upper %}',
  ],
];
const message = fc.record({
  role: fc.constantFrom('system', 'user', 'assistant', 'tool', ''),
  content: fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('{{ x }}', '<s>', 'a'.repeat(2000))),
}) as fc.Arbitrary<Message>;

it('whatever a chat template holds, it writes a text or is refused', { timeout: 600_000 }, async () => {
  const outcomes = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 14 }),
      fc.array(message, { maxLength: 5 }),
      async (pieces, messages) => {
        const isWritten = await expectHonest(() => {
          const text = jinjaTemplate(pieces.join(''), { bos_token: '<s>' })(messages, { forAnswer: true });
          expect(typeof text).toBe('string');
        });
        outcomes[isWritten ? 1 : 0]!++;
      },
    ),
    { seed: 5, endOnFailure: true, numRuns: fuzzRuns(400) },
  );
  expect(Math.min(...outcomes)).toBeGreaterThan(0);
});
