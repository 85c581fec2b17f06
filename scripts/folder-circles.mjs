/**
 * Refuses circles between folders: within each folder below `packages/<name>/src` the sibling folders, each with all
 * that is in it, import in one direction. Circles of single files are refused by the rules of layers.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'packages/*/src/**'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.ts$/.test(file) && existsSync(file));

const known = new Set(files);

/** folder -> child -> the children that it imports, each with one such import. */
const folders = new Map();
for (const file of files) {
  for (const target of importsOf(file)) note(file, target);
}

let found = 0;
for (const [folder, children] of folders) {
  const circle = circleIn(children);
  if (!circle) continue;
  found++;
  console.error(`${folder}: a circle of ${circle.length}`);
  for (const [index, child] of circle.entries()) {
    const next = circle[(index + 1) % circle.length];
    console.error(`  ${child} -> ${next}: ${children.get(child).get(next)}`);
  }
}
process.exitCode = found ? 1 : 0;

function importsOf(file) {
  const code = readFileSync(file, 'utf8');
  const specifiers = [...code.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1]);
  return specifiers
    .map((specifier) => normalize(join(dirname(file), specifier)).replace(/\.js$/, '.ts'))
    .filter((target) => known.has(target));
}

/** Adds an import to the folder where the two paths part. */
function note(from, to) {
  const [a, b] = [from.split(sep), to.split(sep)];
  let depth = 0;
  while (a[depth] === b[depth] && depth < a.length) depth++;
  if (depth >= a.length - 1 || depth >= b.length - 1) return; // a file of the folder itself
  const folder = a.slice(0, depth).join(sep);
  const children = folders.get(folder) ?? new Map();
  folders.set(folder, children);
  const targets = children.get(a[depth]) ?? new Map();
  children.set(a[depth], targets);
  if (!targets.has(b[depth])) targets.set(b[depth], `${from} imports ${to}`);
}

/** One circle among the children, or null. */
function circleIn(children) {
  const done = new Set();
  const path = [];
  const visit = (child) => {
    if (path.includes(child)) return path.slice(path.indexOf(child));
    if (done.has(child)) return null;
    path.push(child);
    for (const next of children.get(child)?.keys() ?? []) {
      const circle = visit(next);
      if (circle) return circle;
    }
    path.pop();
    done.add(child);
    return null;
  };
  for (const child of children.keys()) {
    const circle = visit(child);
    if (circle) return circle;
  }
  return null;
}
