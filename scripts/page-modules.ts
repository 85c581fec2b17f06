import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import ts from 'typescript';

/**
 * The modules of a package for pages: imports of `#...` are resolved to the page's modules, and values are marked as
 * free of side effects.
 *
 * @param folder of the package
 */
export function pageModules(folder: string): Plugin {
  const { imports = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return {
    name: 'page modules',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const pageOf = (name: string) => relative(dirname(path), join(folder, imports[name].default));
        const code = await readFile(path, 'utf8');
        return { contents: marked(withPaths(code, pageOf)), loader: 'ts' };
      }),
  };
}

/** `from '#platform'` -> `from './../platform/page.js'` */
function withPaths(code: string, pageOf: (name: string) => string): string {
  return code.replace(
    /(?<= from )'(#[^']+)'/g,
    (_, name: string) => `'./${pageOf(name).replaceAll('\\', '/').replace(/\.ts$/, '.js')}'`,
  );
}

/**
 * The same lines, with the value of every variable of the module marked as free of side effects, so that bundlers
 * remove unused ones. This holds for these packages, whose import does nothing, but bundlers cannot infer it for calls,
 * spreads and members.
 */
function marked(code: string): string {
  const source = ts.createSourceFile('module.ts', code, ts.ScriptTarget.ES2022, true);
  return valuesOf(source).reduceRight(
    (rest, value) =>
      `${rest.slice(0, value.getStart())}/* @__PURE__ */ (() => (${value.getText()}))()${rest.slice(value.getEnd())}`,
    code,
  );
}

/** The values of the module's variables that are not plain values. */
function valuesOf(source: ts.SourceFile): ts.Expression[] {
  return source.statements
    .filter((statement) => ts.isVariableStatement(statement))
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .flatMap(({ initializer }) => (initializer && !isPlain(initializer) ? [initializer] : []));
}

/** Whether every bundler knows that a value has no side effect. */
function isPlain(value: ts.Expression): boolean {
  if (ts.isObjectLiteralExpression(value)) {
    return value.properties.every(
      (property) =>
        ts.isMethodDeclaration(property) ||
        ts.isShorthandPropertyAssignment(property) ||
        (ts.isPropertyAssignment(property) && isPlain(property.initializer)),
    );
  }
  if (ts.isArrayLiteralExpression(value)) return value.elements.every(isPlain);
  if (ts.isPrefixUnaryExpression(value)) return isPlain(value.operand);
  return (
    ts.isLiteralExpression(value) ||
    ts.isIdentifier(value) ||
    ts.isArrowFunction(value) ||
    ts.isFunctionExpression(value) ||
    ts.isClassExpression(value) ||
    [ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword].includes(value.kind)
  );
}
