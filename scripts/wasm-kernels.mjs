/**
 * Compiles the AssemblyScript kernels of a package, `assembly/index.ts` and its imports, for SIMD and for relaxed SIMD
 * with fused multiply-adds. The module imports tfjs's memory and has no data segments and no runtime. It is written as
 * text, so that a page needs no URL of a binary. Each package has one module; sources may import those of a package
 * below it by path.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';

const packagesFolder = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages');

/**
 * @param packageName the folder name in `packages`
 * @param output the output path relative to the package: `src/kernels.generated.ts`
 * @param apart write a file for each kind of machine, of which one is loaded: `kernels-simd.generated.ts`
 * @param force compile even if no source is newer than the output
 */
export async function generateWasmKernels({ packageName, output, force, apart = false }) {
  const target = join(packagesFolder, packageName, output);
  const [ofSimd, ofRelaxed] = ['simd', 'relaxed'].map((kind) => target.replace('.generated', `-${kind}.generated`));
  if (!force && isNewer(apart ? ofRelaxed : target, [...allSources(), fileURLToPath(import.meta.url)])) return;
  const simd = await compile(packageName, ['simd']);
  const relaxed = await compile(packageName, ['simd', 'relaxed-simd']);
  for (const module of [simd, relaxed]) refuseData(module, packageName);
  mkdirSync(dirname(target), { recursive: true });
  if (apart) {
    writeFileSync(ofSimd, moduleOf(simd));
    writeFileSync(ofRelaxed, moduleOf(relaxed));
    return;
  }
  writeFileSync(
    target,
    `/** The compiled kernels of \`assembly/\`, ${simd.length} bytes, and the same for relaxed SIMD where that makes a difference. */
export const KERNELS = {
  simd: '${asText(simd)}',
  relaxed: ${relaxed.equals(simd) ? 'null' : `'${asText(relaxed)}'`},
};
`,
  );
}

function moduleOf(bytes) {
  return `/** The compiled kernels of \`assembly/\`, ${bytes.length} bytes. */\nexport const MODULE = '${asText(bytes)}';\n`;
}

/** A module as text for `fromText` of core: deflated, in base64. This is a sixth of the module in plain base64. */
export function asText(bytes) {
  return deflateRawSync(bytes, { level: 9 }).toString('base64');
}

async function compile(packageName, features) {
  const { main } = await import('assemblyscript/asc');
  const folder = mkdtempSync(join(tmpdir(), 'sequitur-kernels-'));
  const file = join(folder, 'kernels.wasm');
  try {
    const { error, stderr } = await main([
      join(packagesFolder, packageName, 'assembly', 'index.ts'),
      ...['--baseDir', '/', '--outFile', file, '--importMemory', '--noExportMemory', '--runtime', 'stub'],
      ...['-O3', '--noAssert', '--enable', features.join()],
      // The maximum of tfjs's memory: a shared memory needs a maximum.
      ...['--initialMemory', '1', '--maximumMemory', '65536'],
    ]);
    if (error) throw new Error(`the AssemblyScript kernels of ${packageName} do not compile\n${stderr}`);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Refuses data segments, which would overwrite tfjs's memory: kernels must have no tables and no strings. */
function refuseData(module, packageName) {
  const DATA = 11;
  for (const { id } of sections(module)) {
    if (id !== DATA) continue;
    throw new Error(
      `the AssemblyScript kernels of ${packageName} hold static data, which would overwrite tfjs's memory: ` +
        'leave out Math.log, Math.pow and the like, which bring tables, as well as strings and StaticArrays',
    );
  }
}

function* sections(module) {
  let at = 8; // after the magic number and the version
  const unsigned = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < module.length) {
    const id = module[at++];
    const bytes = unsigned();
    yield { id, bytes };
    at += bytes;
  }
}

/** The assembly sources of all packages, since one may import another's. */
function allSources() {
  return readdirSync(packagesFolder)
    .map((name) => join(packagesFolder, name, 'assembly'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
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
