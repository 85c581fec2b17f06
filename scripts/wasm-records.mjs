/**
 * Writes the fields of an AssemblyScript class as a TypeScript value, so that the host and the kernels share one
 * definition of a record. The class has 32-bit fields, one per line.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packagesFolder = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages');
const WORDS = ['i32', 'u32', 'f32'];

/**
 * @param packageName the folder name in `packages`
 * @param source path of the class's file relative to the package: `assembly/call.ts`
 * @param className the class
 * @param output the output path relative to the package; the output exports `FIELDS`
 * @param force write even if the source is not newer than the output
 */
export function generateWasmRecord({ packageName, source, className, output, force }) {
  const [from, target] = [source, output].map((path) => join(packagesFolder, packageName, path));
  if (!force && isNewer(target, [from, fileURLToPath(import.meta.url)])) return;
  const fields = fieldsOf(readFileSync(from, 'utf8'), className, from);
  const lines = fields.map(([name, type]) => `  ${name}: '${type}',`);
  writeFileSync(
    target,
    `/** The fields of \`${className}\` in \`${source}\`, in their order; each takes 32 bits. */
export const FIELDS = {
${lines.join('\n')}
} as const;
`,
  );
}

/** The names and types of a class's fields. */
export function fieldsOf(code, className, where) {
  const body = new RegExp(`class ${className} \\{\\n([^}]*)\\n\\}`).exec(code)?.[1];
  if (body === undefined) throw new Error(`${where}: expected a class ${className}`);
  const lines = body.replace(/\/\*\*[\s\S]*?\*\//g, '').split('\n');
  return lines
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [, name, type] = /^(\w+): (\w+);$/.exec(line) ?? [];
      if (WORDS.includes(type)) return [name, type];
      throw new Error(`${where}: expected a field of ${WORDS.join(', ')}, one to a line, and found '${line}'`);
    });
}

function isNewer(file, inputs) {
  try {
    const written = statSync(file).mtimeMs;
    return inputs.every((input) => statSync(input).mtimeMs < written);
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}
