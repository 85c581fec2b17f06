import { type Environment, Interpreter } from '@huggingface/jinja';
import { Budget } from './budget.js';

type Value = ReturnType<Interpreter['evaluate']>;
type Node = NonNullable<Parameters<Interpreter['evaluate']>[0]>;

/** The type of the node that begins each iteration of a loop. */
const TURN = 'Turn';
/** Filters whose output may be as long as the product of the lengths of their inputs. */
const LENGTHENING = ['join', 'indent', 'replace', 'tojson'];
/** The type of a node whose value is known already. */
const KNOWN = 'Known';

/**
 * The library's interpreter with a budget, and with `break` and `continue`: after them nothing is evaluated until the
 * next iteration or the end of the loop.
 */
export class BoundedInterpreter extends Interpreter {
  readonly #budget = new Budget();
  readonly #nothing: Value;
  #leaving: 'Break' | 'Continue' | null = null;

  /** @param nothing the value of `none` */
  constructor(environment: Environment, nothing: Value) {
    super(environment);
    this.#nothing = nothing;
  }

  override evaluate(node: Node | undefined, environment: Environment): Value {
    if (node?.type === TURN) return this.#turn(node as Turn, environment);
    if (this.#leaving) return this.#nothing;
    const value = this.#evaluate(node, environment);
    this.#budget.spend(value);
    return value;
  }

  #evaluate(node: Node | undefined, environment: Environment): Value {
    switch (node?.type) {
      case KNOWN:
        return (node as Known).value;
      case 'Break':
      case 'Continue':
        this.#leaving = node.type;
        return this.#nothing;
      case 'For':
        return this.#loop(node as For, environment);
      case 'FilterExpression':
        return super.evaluate(this.#allowedFilter(node as Filtered, environment), environment);
      case 'CallExpression':
        return super.evaluate(this.#allowedCall(node as Call, environment), environment);
      default:
        return super.evaluate(node, environment);
    }
  }

  #loop(node: For, environment: Environment): Value {
    const turn: Turn = { type: TURN, own: new Set(['loop', ...namesIn(node.loopvar)]) };
    const body = [turn, ...node.body];
    const value = super.evaluate({ ...node, body } as Node, environment);
    this.#leaving = null;
    return value;
  }

  /** Variables set in an iteration are local to it. */
  #turn({ own }: Turn, { variables }: Environment): Value {
    this.#budget.spend();
    if (this.#leaving === 'Continue') this.#leaving = null;
    if (this.#leaving === null) {
      for (const name of variables.keys()) if (!own.has(name) && name !== 'namespace') variables.delete(name);
    }
    return this.#nothing;
  }

  /** The filter applied to known values, unless its output would be too large. */
  #allowedFilter(node: Filtered, environment: Environment): Node {
    const name = node.filter.value ?? node.filter.callee?.value ?? '';
    if (!LENGTHENING.includes(name)) return node as Node;
    const operand = this.#known(node.operand, environment);
    if (!node.filter.args) {
      if (name === 'indent') this.#budget.allow(5 * this.#budget.sizeOf(operand.value).size);
      return { ...node, operand } as Node;
    }
    const args = node.filter.args.map((each) => this.#knownArgument(each, environment));
    this.#allow(name, operand.value, args.map(contentOf));
    return { ...node, operand, filter: { ...node.filter, args } } as Node;
  }

  /** The method `replace`, which can lengthen a text as much as the filter can. */
  #allowedCall(node: Call, environment: Environment): Node {
    const { callee } = node;
    if (callee.type !== 'MemberExpression' || callee.property?.value !== 'replace') return node as Node;
    const object = this.#known(callee.object!, environment);
    const args = node.args.map((each) => this.#knownArgument(each, environment));
    this.#allow('replace', object.value, args.map(contentOf));
    return { ...node, callee: { ...callee, object }, args } as Node;
  }

  #allow(name: string, operand: Value, args: readonly unknown[]): void {
    const { size, depth } = this.#budget.sizeOf(operand);
    const longest = args.reduce((most: number, each) => {
      const given = typeof each === 'number' ? Math.abs(each) : this.#budget.sizeOf({ value: each }).size;
      return Math.max(most, given);
    }, 1);
    if (name === 'join' || name === 'indent') this.#budget.allow(size + countOf(operand, name) * longest);
    if (name === 'replace') this.#budget.allow(size + occurrences(operand, args[0]) * longest);
    if (name === 'tojson') this.#budget.allow(size * (1 + depth * (longest - 1)));
  }

  #known(node: Node, environment: Environment): Known {
    return { type: KNOWN, value: this.evaluate(node, environment) };
  }

  #knownArgument(node: Argument, environment: Environment): Argument {
    if (node.type === 'KeywordArgumentExpression')
      return { ...node, value: this.#known(node.value as Node, environment) };
    if (!node.type.includes('Spread')) return this.#known(node as Node, environment);
    throw new Error(`${LENGTHENING.join(', ')} take no unpacked arguments`);
  }
}

/** The fields of the library's nodes that are used here. */
interface For extends Node {
  readonly loopvar: { readonly type: string; readonly value: unknown };
  readonly body: readonly Node[];
}
interface Filtered extends Node {
  readonly operand: Node;
  readonly filter: {
    readonly value?: string;
    readonly callee?: { readonly value?: string };
    readonly args?: readonly Argument[];
  };
}
interface Call extends Node {
  readonly callee: { readonly type: string; readonly object?: Node; readonly property?: { readonly value?: unknown } };
  readonly args: readonly Argument[];
}
interface Argument extends Node {
  readonly value?: unknown;
}
interface Turn extends Node {
  /** The names that the loop sets. */
  readonly own: ReadonlySet<string>;
}
interface Known extends Node {
  readonly value: Value;
}

/** The content of a known argument. */
function contentOf(node: Argument): unknown {
  const value = node.type === KNOWN ? node.value : (node.value as { value?: unknown } | undefined)?.value;
  return (value as { value?: unknown } | undefined)?.value;
}

function namesIn(target: For['loopvar']): string[] {
  if (target.type === 'Identifier') return [target.value as string];
  return Array.isArray(target.value) ? (target.value as For['loopvar'][]).flatMap(namesIn) : [];
}

/** The number of times that a filter inserts its argument. */
function countOf({ value }: Value, name: string): number {
  if (typeof value === 'string') return name === 'join' ? value.length : value.split('\n').length;
  return Array.isArray(value) ? value.length : 0;
}

function occurrences({ value }: Value, wanted: unknown): number {
  if (typeof value !== 'string' || typeof wanted !== 'string') return 0;
  return wanted === '' ? value.length + 1 : value.split(wanted).length - 1;
}
