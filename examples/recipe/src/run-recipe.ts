import { type Backend, openBackend, SequiturError } from '@sequitur/core';
import { type RecipeCommand, type RecipeOptions, readOptions } from './options.js';

/** Where npm was called, which is where paths on the command line start. */
export const startedIn = process.env.INIT_CWD ?? process.cwd();

/** Reads the command line, opens the backend and runs the recipe; errors end up on the screen and in the exit code. */
export async function runRecipe<Extra extends string = never>(
  command: RecipeCommand<Extra>,
  recipe: (options: RecipeOptions<Extra>) => Promise<unknown>,
): Promise<void> {
  try {
    const options = readOptions(command, process.argv.slice(2), startedIn);
    if ('help' in options) return void process.stdout.write(options.help);
    describeBackend(await openBackend(options.backend ?? ['webgpu', 'wasm', 'cpu']));
    await recipe(options);
  } catch (error) {
    // Our own errors say all there is to say; anything else is a fault of ours and keeps its trace.
    console.error(error instanceof SequiturError ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}

function describeBackend({ name, capabilities }: Backend): void {
  const found = Object.entries(capabilities).map(([what, { detail }]) => `${what}: ${detail}`);
  console.log(`Backend: ${name} (${found.join('; ')})`);
}
