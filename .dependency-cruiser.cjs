/** Arrows point one way: what each package may import of the others. */
const mayImport = {
  core: [],
  pretrained: ['core'],
  generation: ['core'],
  attention: ['core'],
  train: ['core', 'pretrained'],
  text: ['core', 'pretrained', 'generation'],
  laws: ['core'],
  transformer: ['core', 'pretrained', 'generation', 'attention', 'text'],
  gpt: ['core', 'pretrained', 'generation', 'attention', 'transformer', 'text'],
  bert: ['core', 'pretrained', 'attention', 'transformer', 'text'],
  bench: ['core', 'generation', 'attention', 'ssm', 'mamba', 'recurrent', 'transformer', 'gpt', 'text', 'train'],
  ssm: ['core'],
  mamba: ['core', 'pretrained', 'ssm', 'transformer', 'text'],
  recurrent: ['core', 'transformer'],
};

const layers = Object.entries(mayImport).map(([name, allowed]) => ({
  name: `${name} imports only what lies below it`,
  severity: 'error',
  from: { path: `^packages/${name}/src/` },
  to: { path: '^packages/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'everything that is imported can be found',
      severity: 'error',
      from: { pathNot: '/dist/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'backends and ops of core know no models',
      severity: 'error',
      from: { path: '^packages/core/src/(backends|ops)/' },
      to: { path: '^packages/core/src/model/' },
    },
    ...layers,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|/assembly/|\\.generated\\.)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default', 'types'] },
  },
};
