import { type Backend, openBackend, SequiturError } from '@sequitur/core';
import { type RecipeCommand, type RecipeOptions, readOptions } from './options.js';

/** The folder where npm was called, to which paths on the command line are relative. */
export const startedIn = process.env.INIT_CWD ?? process.cwd();

/** Reads the command line, opens the backend and runs the recipe; prints errors and sets the exit code. */
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
    // A SequiturError explains itself; any other error is a bug and is printed with its stack.
    console.error(error instanceof SequiturError ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}

function describeBackend({ name, capabilities }: Backend): void {
  const found = Object.entries(capabilities).map(([what, { detail }]) => `${what}: ${detail}`);
  console.log(`Backend: ${name} (${found.join('; ')})`);
}
