import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type BannedWord, bannedNames, bannedWords } from './banned-words.js';
import { exportedNames, modelNames, wordsOf } from './exported-names.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const SKIPPED = /^(node_modules|dist|fixtures|runs|words|attribution|\..*)$|\.generated\.|^CHANGELOG/;

/** Files below a folder of the repository whose paths match. */
function filesIn(folder: string, path: RegExp): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !SKIPPED.test(name))
    .flatMap((entry) => {
      const below = join(folder, entry.name);
      if (entry.isDirectory()) return filesIn(below, path);
      return entry.isFile() && path.test(below) ? [join(root, below)] : [];
    });
}

const read = (path: string) => readFileSync(path, 'utf8');
const sources = [...filesIn('packages', /\/src\/.*\.ts$/), ...filesIn('examples', /(?<!\.test|\.d)\.ts$/)];
const others = [
  ...filesIn('packages', /\/(assembly|generate)\/.*\.(ts|mjs)$/),
  ...filesIn('apps', /\/(src|scripts)\/.*\.(ts|mjs|svelte)$/),
  ...filesIn('scripts', /\.(mjs|cjs|ts)$/),
];
const documents = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'].map((name) => join(root, name)),
  ...['packages', 'examples', 'docs', 'apps'].flatMap((folder) => filesIn(folder, /\.md$/)),
];

/** The lines of the comments of a source, each with its number. */
function commentsOf(text: string): { line: number; text: string }[] {
  let isInBlock = false;
  return text.split('\n').flatMap((line, index) => {
    const starts = /^\s*(\/\*|<!--)/.test(line);
    const inline = /(?:^|\s)\/\/ (.*)$/.exec(line)?.[1];
    const isComment = isInBlock || starts;
    isInBlock = (isInBlock || starts) && !/\*\/|-->/.test(line);
    return isComment || inline ? [{ line: index + 1, text: isComment ? line : inline! }] : [];
  });
}

/** The texts of a source, such as error messages: literals of three words and more, each with its line. */
function messagesOf(text: string): { line: number; text: string }[] {
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*(\*|\/\/|\/\*|import |export \*)/.test(line)) return [];
    const literals = [...line.matchAll(/(['"`])((?:(?!\1)[^\\]|\\.)*)\1/g)].map(([, , literal]) => literal!);
    return literals.filter((each) => /\w \w+ \w/.test(each)).map((each) => ({ line: index + 1, text: each }));
  });
}

/** Each pair of consecutive lines as one, so that a phrase is found across the end of a line. */
function acrossLines(lines: readonly { line: number; text: string }[]): { line: number; text: string }[] {
  return lines.flatMap(({ line, text }, index) => {
    const next = lines[index + 1];
    if (next?.line !== line + 1) return [];
    const end = text.trimEnd().split(' ').slice(-3).join(' ');
    const start = next.text
      .replace(/^\s*\*? ?/, '')
      .split(' ')
      .slice(0, 3)
      .join(' ');
    return /^\s*\/?\*|^\//.test(end) || start === '' ? [] : [{ line, text: `${end} ${start}` }];
  });
}

/** Documents without their code blocks. */
function proseOf(text: string): { line: number; text: string }[] {
  let isCode = false;
  return text.split('\n').flatMap((line, index) => {
    if (line.startsWith('```')) isCode = !isCode;
    return isCode ? [] : [{ line: index + 1, text: line }];
  });
}

/** All lines of a file, code included. */
function linesOf(text: string): { line: number; text: string }[] {
  return text.split('\n').map((each, index) => ({ line: index + 1, text: each }));
}

function findings(
  path: string,
  lines: readonly { line: number; text: string }[],
  banned: readonly BannedWord[] = bannedWords,
): string[] {
  return lines.flatMap(({ line, text }) =>
    banned
      .filter(({ pattern }) => pattern.test(text))
      .map(({ pattern, instead }) => {
        return `${relative(root, path)}:${line}: '${pattern.exec(text)![0]}', write: ${instead}`;
      }),
  );
}

describe('the glossary', () => {
  it('holds names that occur in the sources', () => {
    const names = read(join(root, 'docs/glossary.md'))
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) => [...line.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
    expect(names.length).toBeGreaterThan(120);
    const identifiers = new Set(sources.flatMap((path) => read(path).match(/[A-Za-z_$][\w$]*/g) ?? []));
    expect(names.filter((name) => !identifiers.has(name))).toEqual([]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('holds every word of the exported names', () => {
    const glossary = read(join(root, 'docs/glossary.md'));
    const known = new Set([...wordsOf(glossary), ...wordsOf(glossary.toLowerCase())]);
    const models = modelNames(root);
    expect(models).toContain('llama');
    const isKnown = (word: string) => known.has(word) || models.some((model) => model.includes(word));
    const exported = exportedNames(root);
    expect([...exported.values()].flat().length).toBeGreaterThan(900);
    expect(exported.get('generation')).toContain('generateSequences');
    const unknown = [...exported].flatMap(([name, names]) =>
      names.flatMap((each) =>
        wordsOf(each)
          .filter((word) => !isKnown(word))
          .map((word) => `${word}: ${each} of ${name}`),
      ),
    );
    expect(unknown).toEqual([]);
  });

  it('is kept to by the comments of the sources, the playground and the scripts', () => {
    expect(sources.length).toBeGreaterThan(500);
    expect(others.length).toBeGreaterThan(150);
    expect([...sources, ...others].flatMap((path) => findings(path, commentsOf(read(path))))).toEqual([]);
    expect([...sources, ...others].flatMap((path) => findings(path, acrossLines(commentsOf(read(path)))))).toEqual([]);
  });

  it('is kept to by error messages and other texts of the packages', () => {
    const packages = sources.filter((path) => relative(root, path).startsWith('packages'));
    expect(packages.flatMap((path) => findings(path, messagesOf(read(path))))).toEqual([]);
  });

  it('is kept to by every name', () => {
    const files = [...sources, ...others, ...documents];
    expect(files.flatMap((path) => findings(path, linesOf(read(path)), bannedNames))).toEqual([]);
  });

  it('is kept to by the documents', () => {
    expect(documents.length).toBeGreaterThan(20);
    expect(documents.flatMap((path) => findings(path, proseOf(read(path))))).toEqual([]);
  });

  it('finds a banned word, and names the one to write', () => {
    expect(findings(join(root, 'a.ts'), commentsOf('const a = 1; // what is foretold\n/** so many */'))).toEqual([
      "a.ts:1: 'foretold', write: predicted, predicts",
      "a.ts:2: 'so many', write: the number of, or the name of the count",
    ]);
    const acrossTwo = acrossLines(commentsOf('/**\n * As it does with so\n * many of them.\n */'));
    expect(findings(join(root, 'a.ts'), acrossTwo)).toEqual([
      "a.ts:2: 'so many', write: the number of, or the name of the count",
    ]);
    expect(findings(join(root, 'a.ts'), messagesOf("fix: 'Open it anew then',"))).toEqual([
      "a.ts:1: 'anew', write: again",
    ]);
    expect(findings(join(root, 'a.ts'), linesOf('const typeIds = 1;'), bannedNames)).toEqual([
      "a.ts:1: 'typeIds', write: tokenTypes",
    ]);
  });
});
