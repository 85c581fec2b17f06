import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The exported names of every package that is published, by package. */
export function exportedNames(root: string): ReadonlyMap<string, readonly string[]> {
  const packages = readdirSync(join(root, 'packages')).filter((name) => {
    const manifest = join(root, 'packages', name, 'package.json');
    if (!existsSync(manifest)) return false;
    return !(JSON.parse(readFileSync(manifest, 'utf8')) as { private?: boolean }).private;
  });
  return new Map(packages.map((name) => [name, [...namesOf(join(root, 'packages', name, 'src/index.ts'))].sort()]));
}

const DECLARATION =
  /^export (?:(?:declare|abstract|async) )*(?:const|function\*?|class|interface|type) ([A-Za-z_$][\w$]*)/gm;
const LIST = /^export (?:type )?\{([^}]*)\}/gm;
const WHOLE_FILE = /^export (?:type )?\* from '([^']+)'/gm;
const NAMESPACE = /^export \* as (\w+) from/gm;

function namesOf(path: string): Set<string> {
  const code = readFileSync(path, 'utf8');
  const first = (pattern: RegExp) => [...code.matchAll(pattern)].map(([, found]) => found!);
  const listed = first(LIST).flatMap((list) => list.split(',').map((entry) => entry.trim().split(/\s+/).at(-1)!));
  const below = first(WHOLE_FILE).flatMap((file) => [...namesOf(join(dirname(path), file.replace(/\.js$/, '.ts')))]);
  return new Set([...first(DECLARATION), ...listed.filter(Boolean), ...first(NAMESPACE), ...below]);
}

/** The words of a name or text, in lower case, plurals as singulars; numbers and single letters are none. */
export function wordsOf(text: string): string[] {
  const words = text.match(/[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  return words.map(singular).filter((word) => word.length > 1);
}

function singular(word: string): string {
  const small = word.toLowerCase();
  if (small.endsWith('ies')) return `${small.slice(0, -3)}y`;
  if (small.endsWith('sses')) return small.slice(0, -2);
  return small.length > 3 && small.endsWith('s') && !small.endsWith('ss') ? small.slice(0, -1) : small;
}

/** The names of models: those of their folders, in small letters only. */
export function modelNames(root: string): readonly string[] {
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name, 'src/models'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name.replaceAll(/[^a-z]/g, ''));
}
