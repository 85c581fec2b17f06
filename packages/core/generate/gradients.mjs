/**
 * Bundles tfjs's gradient definitions, since Node cannot import them from its package. Imports that the public entry
 * exports are redirected to it, so that there is one engine and one copy of the ops.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PUBLIC = '@tensorflow/tfjs-core';
const core = join(dirname(fileURLToPath(import.meta.url)), '..');
const output = join(core, 'src', 'backends', 'gradients.generated.js');

const DECLARATION = `import type { GradConfig } from '${PUBLIC}';
export declare const gradConfigs: readonly GradConfig[];
`;

/** Modules that the public entry exports in another form. */
const substitutes = {
  engine: () => `import { engine } from '${PUBLIC}'; export const ENGINE = engine();`,
  base: () => `export * from '${PUBLIC}';`,
  tensor: () =>
    `import { Tensor } from '${PUBLIC}'; export { Tensor }; export const getGlobalTensorClass = () => Tensor;`,
  util: ({ util }) => namespaceForm('util', util),
};

function namespaceForm(namespace, members) {
  const names = Object.keys(members).filter((name) => name !== 'default');
  return `import { ${namespace} } from '${PUBLIC}'; export const { ${names.join(', ')} } = ${namespace};`;
}

export async function generate({ force }) {
  if (!force && existsSync(output)) return;
  const { build } = await import('esbuild');
  const require = createRequire(import.meta.url);
  const distribution = dirname(require.resolve(PUBLIC));
  const offered = require(PUBLIC);
  const { outputFiles } = await build({
    entryPoints: [join(distribution, 'register_all_gradients.js')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    treeShaking: true,
    external: [PUBLIC],
    plugins: [fromPublicEntry(distribution, offered)],
  });
  mkdirSync(dirname(output), { recursive: true });
  const { text } = outputFiles[0];
  writeFileSync(output, `// Bundled from ${PUBLIC} (Apache-2.0, Google LLC).\n${text}`);
  writeFileSync(output.replace(/js$/, 'd.ts'), DECLARATION);
}

function fromPublicEntry(distribution, offered) {
  return {
    name: 'from the public entry',
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, ({ path }) => {
        if (!path.startsWith(distribution)) return null;
        const name = path.slice(distribution.length + 1, -'.js'.length);
        if (name === 'register_all_gradients') return { contents: asList(path), resolveDir: dirname(path) };
        const contents = substitutes[name]?.(offered) ?? publicForm(path, offered);
        return contents ? { contents, resolveDir: dirname(path) } : null;
      });
    },
  };
}

/** tfjs's module registers the gradients when it is imported; the bundle exports the list instead. */
function asList(path) {
  const registration = /for \(const \w+ of gradConfigs\) \{[^}]*\}/;
  const source = readFileSync(path, 'utf8');
  if (!registration.test(source)) throw new Error(`${path}: expected a loop that registers gradConfigs`);
  return source.replace(registration, 'export { gradConfigs };');
}

/** The module as a re-export of the public entry, if that has all of its exports. */
function publicForm(path, offered) {
  const source = readFileSync(path, 'utf8');
  const names = [...source.matchAll(/^export (?:const|function|class|async function|let|var) (\w+)/gm)].map(
    (m) => m[1],
  );
  const every = names.length > 0 && !/^export (\{|\*)/m.test(source) && names.every((name) => name in offered);
  return every ? `export { ${names.join(', ')} } from '${PUBLIC}';` : null;
}
