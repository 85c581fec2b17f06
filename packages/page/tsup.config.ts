import { defineConfig, type Options } from 'tsup';

const PACKAGES = [
  ...['attention', 'bert', 'core', 'generation', 'gpt', 'mamba', 'pretrained'],
  ...['recurrent', 'ssm', 'text', 'train', 'transformer'],
];

const shared: Options = {
  format: ['esm'],
  target: 'es2022',
  platform: 'browser',
  noExternal: [/./],
  minify: true,
  sourcemap: false,
};

/** One file with everything; and a file for each package, with what they share in others, for import maps. */
export default defineConfig([
  { ...shared, entry: { sequitur: 'src/index.ts' }, splitting: false, dts: true },
  {
    ...shared,
    entry: {
      ...Object.fromEntries(PACKAGES.map((name) => [name, `../${name}/src/index.ts`])),
      'tfjs-core': 'src/tfjs-core.ts',
    },
    splitting: true,
  },
]);
