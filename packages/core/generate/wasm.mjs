/**
 * Compiles the AssemblyScript kernels to a module on tfjs's own memory (imported, no data segments, no runtime) and
 * writes it as base64, so that no page has to be told where a file lies.
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
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const core = join(dirname(fileURLToPath(import.meta.url)), '..');
const assembly = join(core, 'assembly');
const output = join(core, 'src', 'backends', 'wasm', 'kernels.generated.ts');
const tfjsOutput = join(core, 'src', 'backends', 'wasm', 'tfjs-binary.generated.ts');

export async function generate({ force }) {
  if (force || !existsSync(tfjsOutput)) embedTfjsBinary();
  const sources = readdirSync(assembly).filter((file) => file.endsWith('.ts'));
  const inputs = [...sources.map((file) => join(assembly, file)), fileURLToPath(import.meta.url)];
  if (!force && isNewer(output, inputs)) return;
  const module = await compile();
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(
    output,
    `/** The compiled kernels of \`assembly/\`, ${module.length} bytes. */\nexport const KERNELS_BASE64 =\n  '${module.toString('base64')}';\n`,
  );
}

/** tfjs's own binary as a module, for pages: there no bundler knows that it belongs beside the script. */
function embedTfjsBinary() {
  const distribution = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  const binary = readFileSync(join(distribution, 'tfjs-backend-wasm-simd.wasm')).toString('base64');
  writeFileSync(
    tfjsOutput,
    `/** tfjs-backend-wasm-simd.wasm of @tensorflow/tfjs-backend-wasm (Apache-2.0). */\nexport const TFJS_WASM_SIMD_BASE64 =\n  '${binary}';\n`,
  );
}

async function compile() {
  const { main } = await import('assemblyscript/asc');
  const folder = mkdtempSync(join(tmpdir(), 'sequitur-kernels-'));
  const file = join(folder, 'kernels.wasm');
  try {
    const { error, stderr } = await main([
      join(assembly, 'index.ts'),
      ...['--baseDir', '/', '--outFile', file, '--importMemory', '--noExportMemory', '--runtime', 'stub'],
      ...['-O3', '--noAssert', '--enable', 'simd', '--initialMemory', '1'],
    ]);
    if (error) throw new Error(`the AssemblyScript kernels do not compile\n${stderr}`);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
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
