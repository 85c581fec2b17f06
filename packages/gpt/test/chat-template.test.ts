import { SequiturError } from '@sequitur/core';
import { describe, expect, it } from 'vitest';
import { dateText } from '../src/chat/jinja/globals.js';
import { jinjaTemplate, type Message } from '../src/index.js';

const messages: Message[] = [
  { role: 'system', content: 'be' },
  { role: 'user', content: 'hi' },
  { role: 'assistant', content: 'yo' },
];
const written = (source: string, variables?: Readonly<Record<string, unknown>>) =>
  jinjaTemplate(source, variables)(messages, { forAnswer: true });
const each = (body: string) => `{% for m in messages %}${body}{% endfor %}`;

describe('a chat template', () => {
  // What Jinja 3.1 with its loop controls gives.
  it('keeps what stands before a break or a continue', () => {
    expect(written(each('{{ m.role }},{% break %}'))).toBe('system,');
    expect(written(each('{{ m.role }}{% if loop.first %}!{% continue %}{% endif %},'))).toBe('system!user,assistant,');
    expect(
      written(each('{% if m.role == "user" %}({% if true %}{{ m.content }}{% break %}{% endif %}){% endif %}.')),
    ).toBe('.(hi');
    expect(written(`${each(`[{% for c in [m.content, 1] %}{{ c }}{% break %}{% endfor %}]`)}end`)).toBe(
      '[be][hi][yo]end',
    );
    expect(written(each('{% set ns = namespace(n=0) %}{% continue %}x'))).toBe('');
    expect(written('{% for m in messages %}{% continue %}{% else %}none{% endfor %}')).toBe('');
    expect(written('{% for m in [] %}{% break %}{% else %}none{% endfor %}')).toBe('none');
  });

  it('refuses a break without a loop, as Jinja does', () => {
    expect(() => written('{% break %}')).toThrow(/break in a loop/);
    expect(() => written(`{% macro m() %}{% continue %}{% endmacro %}${each('{{ m() }}')}`)).toThrow(
      /continue in a loop/,
    );
  });

  it('forgets what a turn of a loop sets, but not what it sets in a namespace', () => {
    expect(written(each('{% if loop.first %}{% set x = 1 %}{% endif %}{{ x }};'))).toBe('1;;;');
    expect(written(`{% set ns = namespace(n=0) %}${each('{% set ns.n = ns.n + 1 %}')}{{ ns.n }}`)).toBe('3');
  });

  it('is told that there are no tools, and what the files say', () => {
    expect(
      written('{% if tools is not none %}tools{% endif %}{% if documents %}d{% endif %}{{ bos_token }}', {
        bos_token: '<s>',
      }),
    ).toBe('<s>');
    expect(written('{% if add_generation_prompt %}a:{% endif %}')).toBe('a:');
    expect(() => written('{{ raise_exception("no system message") }}')).toThrow(/no system message/);
  });

  it('knows the time', () => {
    const date = new Date(2024, 6, 4, 15, 7, 9);
    expect(dateText('%d %b %Y, %A %B %H:%M:%S %I%p %y %j'.replace(' %j', ''), date)).toBe(
      '04 Jul 2024, Thursday July 15:07:09 03PM 24',
    );
    expect(() => dateText('%Q', date)).toThrow(/%Q/);
    expect(written('{{ strftime_now("%Y") }}')).toBe(String(new Date().getFullYear()));
  });

  it('is bounded in steps, sizes and time', () => {
    const doubling =
      '{% set ns = namespace(x="aaaaaaaaaa") %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}';
    const nested = '{% set ns = namespace(x=[1]) %}{% for i in range(N) %}{% set ns.x = BODY %}{% endfor %}';
    const hostile = [
      '{% for i in range(200000000) %}{% endfor %}',
      '{% for i in range(0, 1000000000, 1) %}{% endfor %}',
      '{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}',
      `${doubling}{{ ns.x }}`,
      doubling.replace('aaaaaaaaaa', 'a').replace('ns.x + ns.x', 'ns.x ~ ns.x'),
      `${nested.replace('N', '60').replace('BODY', '[ns.x, ns.x]')}{{ ns.x | tojson }}`,
      `${nested.replace('N', '60').replace('BODY', '{"a": ns.x, "b": ns.x}')}{{ ns.x }}`,
      `${nested.replace('N', '60').replace('BODY', 'ns.x + ns.x')}{{ ns.x | join }}`,
      `${nested.replace('N', '5000').replace('BODY', '[ns.x]')}{{ ns.x | tojson }}`,
      '{% set ns = namespace() %}{% set ns.a = ns %}{{ ns | tojson }}',
      '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
      '{% macro m(n) %}{% if n > 0 %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}',
      '{% for i in range(9999) %}{{ undefined_name }}{{ undefined_name }}{{ undefined_name }}{{ undefined_name }}{% endfor %}',
      '{{ ("a" ~ range(9999) | join("b")) | replace("b", range(9999) | join("b")) }}',
      '{{ (range(9999) | join("b")).replace("b", range(9999) | join("b")) }}',
      '{{ range(9999) | join(range(9999) | join("x")) }}',
      '{{ (range(9999) | join("\\n")) | indent(100000) }}',
      '{{ [[[1]]] | tojson(indent=1000000000) }}',
      `${'('.repeat(20_000)}`,
      `{{ ${'['.repeat(20_000)}${']'.repeat(20_000)} }}`,
      `${'{% if true %}'.repeat(20_000)}${'{% endif %}'.repeat(20_000)}`,
      ' '.repeat(250_000),
      'a'.repeat(300_000),
      '{{ 10 ** 400 }}',
    ];
    for (const source of hostile) {
      const start = performance.now();
      try {
        expect(written(source).length, source.slice(0, 120)).toBeLessThan(5_000_000);
      } catch (error) {
        expect(error, source.slice(0, 120)).toBeInstanceOf(SequiturError);
        expect((error as Error).message.length).toBeLessThan(1000);
      }
      expect(performance.now() - start, source.slice(0, 120)).toBeLessThan(1500);
    }
    expect(() => written(hostile[0]!)).toThrow(/range: expected at most 10000 numbers, got 200000000/);
    expect(() => written(hostile[2]!)).toThrow(/expected (steps|time) of at most/);
    expect(() => written(hostile[3]!)).toThrow(/expected values of at most/);
  });

  it('writes a conversation of a thousand turns within its bounds', () => {
    const long = Array.from({ length: 1000 }, (_, turn) => ({
      role: turn % 2 ? 'assistant' : 'user',
      content: `${turn} ${'word '.repeat(100)}`,
    }));
    const source = each(
      "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('turns') }}{% endif %}<|{{ m.role }}|>\n{{ m.content | trim }}<|end|>\n",
    );
    const text = jinjaTemplate(source)(long, { forAnswer: false });
    expect(text).toBe(long.map(({ role, content }) => `<|${role}|>\n${content.trim()}<|end|>\n`).join(''));
  });
});
