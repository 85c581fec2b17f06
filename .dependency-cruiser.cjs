const { layers: packages } = require('./scripts/layers.cjs');

const layers = Object.entries(packages).map(([name, { imports: allowed }]) => ({
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
    exclude: { path: '(/dist/|/assembly/|^packages/browser-test/small/|\\.generated\\.)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default', 'types'] },
  },
};
