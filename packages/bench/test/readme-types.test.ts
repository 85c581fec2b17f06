import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { codeBlocks } from '@sequitur/laws';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');

/** READMEs of what is not published; those of published packages are compiled with what npm would install. */
function pages(): string[] {
  const files = execFileSync('git', ['ls-files', 'examples/**/*.md', 'packages/**/*.md'], {
    cwd: root,
    encoding: 'utf8',
  });
  return files.split('\n').filter((file) => file && isPrivate(file));
}

function isPrivate(file: string): boolean {
  const folder = file.split('/').slice(0, 2).join('/');
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).private === true;
}

it('the code of every private package and example passes tsc --strict', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(root, 'packages/bench/node_modules/.readme-'));
  try {
    const files = pages().flatMap((page) =>
      codeBlocks(readFileSync(join(root, page), 'utf8')).map((code, index) => {
        const file = join(folder, `${page.replaceAll(/[/.]/g, '_')}_${index + 1}.ts`);
        writeFileSync(file, `${code}\nexport {};\n`);
        return file;
      }),
    );
    expect(files.length).toBeGreaterThan(8);
    const config = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile).config;
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
    const paths = { '@sequitur/recipe': ['examples/recipe/src/index.ts'], '@sequitur/*': ['packages/*/src/index.ts'] };
    const program = ts.createProgram(files, { ...options, noUncheckedIndexedAccess: false, baseUrl: root, paths });
    const found = files.flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)));
    expect(found.map(({ file, messageText }) => [basename(file?.fileName ?? ''), messageText])).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
