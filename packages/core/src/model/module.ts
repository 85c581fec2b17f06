import { SequiturError } from '../errors.js';
import { showValue } from '../options/index.js';
import { Random } from '../random.js';
import { Parameter } from './parameter.js';

/**
 * The base class of all parts of a model. Its fields are parameters, other modules, or arrays of them; a parameter's
 * name is its path along those fields (`blocks.0.attention.query.weight`), found by walking the object.
 *
 * Construction allocates no memory. Keep parts in ordinary fields: private `#fields` cannot be walked.
 */
export abstract class Module {
  /** Frees the values of all parameters. */
  dispose(): void {
    for (const parameter of parametersOf(this).values()) parameter.dispose();
  }
}

/**
 * All parameters below `root` by path, in the order of the fields. A tied parameter is listed once, under its first
 * path.
 */
export function parametersOf(root: Module): Map<string, Parameter> {
  const paths = new Map<Parameter, string>();
  for (const [path, parameter] of everyPlaceOf(root)) if (!paths.has(parameter)) paths.set(parameter, path);
  return new Map([...paths].map(([parameter, path]) => [path, parameter]));
}

/** The other paths of tied parameters, each with the path that `parametersOf` lists. */
export function tiedPathsOf(root: Module): Map<string, string> {
  const first = new Map<Parameter, string>();
  const tied = new Map<string, string>();
  for (const [path, parameter] of everyPlaceOf(root)) {
    const listed = first.get(parameter);
    if (listed === undefined) first.set(parameter, path);
    else tied.set(path, listed);
  }
  return tied;
}

/** All modules below `root` with their paths, `root` itself under the empty one. */
export function* modulesOf(root: Module, path = ''): Generator<[path: string, module: Module]> {
  expectModule(root);
  yield [path, root];
  for (const [name, child] of childrenOf(root)) {
    if (child instanceof Module) yield* modulesOf(child, path ? `${path}.${name}` : name);
  }
}

/** The number of parameters, tied ones counted once. */
export function parameterCount(root: Module): number {
  let count = 0;
  for (const { shape } of parametersOf(root).values()) count += shape.reduce((size, dimension) => size * dimension, 1);
  return count;
}

/**
 * Initialises every parameter without values. Each draws from a random stream forked by its path, so that adding a
 * layer does not change the others.
 */
export function initialize<M extends Module>(root: M, seed: number | string): M {
  const random = Random.fromSeed(seed);
  for (const [path, parameter] of parametersOf(root)) parameter.initialize(random.fork(path));
  return root;
}

function* everyPlaceOf(module: Module, prefix = '', above: readonly Module[] = []): Generator<[string, Parameter]> {
  expectModule(module);
  if (above.includes(module)) {
    throw new SequiturError({
      where: `the module at ${prefix.slice(0, -1)}`,
      expected: 'a tree of modules',
      got: 'a module that contains itself',
    });
  }
  for (const [name, child] of childrenOf(module)) {
    if (child instanceof Parameter) yield [prefix + name, child];
    else yield* everyPlaceOf(child, `${prefix}${name}.`, [...above, module]);
  }
}

function* childrenOf(module: Module): Generator<[name: string, child: Module | Parameter]> {
  for (const [name, value] of Object.entries(module)) {
    if (isPart(value)) yield [name, value];
    else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) if (isPart(item)) yield [`${name}.${index}`, item];
    }
  }
}

function expectModule(root: unknown): void {
  if (root instanceof Module) return;
  throw new SequiturError({ where: 'the model', expected: 'a Module', got: showValue(root) });
}

function isPart(value: unknown): value is Module | Parameter {
  return value instanceof Module || value instanceof Parameter;
}
