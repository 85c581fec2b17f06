const CORE = '@sequitur/core';

/**
 * What is published asks for the core that it was released with. In the repository any 0.x will do: changesets would plan a
 * major version of all packages for every minor one of core.
 */
function beforePacking(manifest) {
  const { peerDependencies, version } = manifest;
  if (!peerDependencies?.[CORE]) return manifest;
  return { ...manifest, peerDependencies: { ...peerDependencies, [CORE]: `^${version}` } };
}

module.exports = { hooks: { beforePacking } };
