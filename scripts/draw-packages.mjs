/**
 * Draws the picture of the packages in ARCHITECTURE.md from `scripts/layers.cjs`. With `--check` it writes nothing and
 * fails if the picture is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { layers } from './layers.cjs';

const page = join(dirname(fileURLToPath(import.meta.url)), '..', 'ARCHITECTURE.md');
const [BEGIN, END] = ['<!-- packages: drawn by scripts/draw-packages.mjs -->', '<!-- end of packages -->'];

/** The page with a new picture between its marks. */
export function withPicture(text) {
  const [before, , after] = cut(text);
  return `${before}${BEGIN}\n\n${picture()}\n\n${END}${after}`;
}

function cut(text) {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`ARCHITECTURE.md has lost the marks ${BEGIN} and ${END}`);
  return [text.slice(0, from), text.slice(from, to), text.slice(to + END.length)];
}

/** A Mermaid flowchart of the imports, without arrows that a path of other arrows implies. */
function picture() {
  const nodes = Object.entries(layers).map(([name, { is }]) => `  ${name}["<b>${name}</b><br/>${is}"]`);
  const arrows = Object.entries(layers).flatMap(([name, { imports }]) =>
    imports.filter((target) => !isImplied(name, target)).map((target) => `  ${name} --> ${target}`),
  );
  return ['```mermaid', 'flowchart BT', ...nodes, ...arrows, '```'].join('\n');
}

function isImplied(name, target) {
  return layers[name].imports.some((other) => other !== target && reaches(other, target));
}

function reaches(from, target) {
  return from === target || layers[from].imports.some((next) => reaches(next, target));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = readFileSync(page, 'utf8');
  const drawn = withPicture(text);
  if (!process.argv.includes('--check')) writeFileSync(page, drawn);
  else if (drawn !== text) {
    console.error("ARCHITECTURE.md's picture is not that of scripts/layers.cjs: run node scripts/draw-packages.mjs");
    process.exitCode = 1;
  }
}
