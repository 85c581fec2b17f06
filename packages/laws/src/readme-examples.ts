import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Modules that the examples may import, by package name. */
export type ExampleModules = Readonly<Record<string, () => Promise<object>>>;

/**
 * Runs the examples of a README as tests: every block that is marked `ts`, each in a temporary folder. The output of
 * `console.log(...); // expected` must be `expected`. Other blocks (`typescript`, `sh`) are not run.
 *
 * @param path the README
 * @param linked paths by name that the temporary folder has as symbolic links
 */
export function readmeExamples(
  path: string,
  modules: ExampleModules,
  linked: Readonly<Record<string, string>> = {},
): void {
  describe(`the examples of ${path.split('/').slice(-2).join('/')}`, () => {
    for (const { title, code } of examplesIn(readFileSync(path, 'utf8'))) it(title, () => run(code, modules, linked));
  });
}

/** All TypeScript of a page, what is run and what is not. */
export function codeBlocks(text: string): string[] {
  return [...text.matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
}

/** The `ts` blocks, each with the heading above it. */
function examplesIn(text: string): { readonly title: string; readonly code: string }[] {
  const examples: { title: string; code: string }[] = [];
  let heading = '';
  for (const match of text.matchAll(/^#+ (.*)$|^```ts\n([\s\S]*?)^```$/gm)) {
    if (match[1] !== undefined) heading = match[1];
    else examples.push({ title: `${heading}, ${examples.length + 1}`, code: match[2]! });
  }
  return examples;
}

async function run(code: string, modules: ExampleModules, linked: Readonly<Record<string, string>>): Promise<void> {
  const before = process.cwd();
  const folder = await mkdtemp(join(tmpdir(), 'readme-'));
  process.chdir(folder);
  for (const [name, target] of Object.entries(linked)) await symlink(target, join(folder, name));
  try {
    const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
    await new AsyncFunction('load', 'expectPrinted', runnable(code))(load(modules), expectPrinted);
  } finally {
    process.chdir(before);
    await rm(folder, { recursive: true, force: true });
  }
}

function load(modules: ExampleModules) {
  return (name: string) => {
    const module = modules[name];
    if (module) return module();
    throw new Error(`the example imports ${name}, which the test does not give it`);
  };
}

/** The example without its types, imports and expected output as calls. */
function runnable(code: string): string {
  const calls = code
    .replace(/^import \{([^}]*)\} from '([^']+)';$/gm, (_, names: string, name: string) => {
      return `const {${names.replace(/\btype \w+,? ?/g, '').replace(/ as /g, ': ')}} = await load('${name}');`;
    })
    .replace(/^( *)console\.log\((.*)\); \/\/ (.*)$/gm, (_, indent: string, values: string, printed: string) => {
      return `${indent}expectPrinted([${values}], ${JSON.stringify(printed)});`;
    });
  return stripTypes(calls);
}

function stripTypes(code: string): string {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
  });
  return outputText.replace(/^export \{\};$/m, '');
}

function expectPrinted(values: readonly unknown[], printed: string): void {
  const shown = values.map((value) =>
    typeof value === 'string' ? value : inspect(value, { depth: 6, breakLength: Infinity, compact: true }),
  );
  expect(shown.join(' ')).toBe(printed);
}
