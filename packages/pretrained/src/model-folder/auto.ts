import { checkArgument, option, SequiturError } from '@sequitur/core';
import { texts } from '../config/attributes.js';
import { ConfigReader } from '../config/config-reader.js';
import { type CheckpointLocation, openSource } from '../files/open-source.js';
import { findFamily } from './config-of-family.js';
import type { Family, PretrainedModel } from './family.js';
import type { LoadPretrainedOptions } from './load-pretrained.js';

/** A class of models that opens folders of its families: `Gpt`, `Bert`. */
export interface PretrainedClass<M extends PretrainedModel = PretrainedModel> {
  readonly families: readonly Family[];
  /** The kinds of head that it has; default all. */
  readonly heads?: readonly string[];
  fromPretrained(location: CheckpointLocation, options?: object): Promise<M>;
}

export interface AutoOptions<C extends PretrainedClass> extends Omit<LoadPretrainedOptions, 'families' | 'tokenizer'> {
  /** The classes whose families are looked through. */
  readonly models: readonly C[];
}

const classesOfModels = option.listOf(
  option.kind(
    'a class of models, such as Gpt',
    (model) => Array.isArray((model as Partial<PretrainedClass> | null)?.families) && isLoader(model),
  ),
);

function isLoader(model: unknown): boolean {
  return typeof (model as Partial<PretrainedClass>).fromPretrained === 'function';
}

/** Opens folders of any family among those of the classes that it is given. */
export const Auto = {
  /**
   * Loads a model with the class whose families hold the `model_type` of the config, and which has the head that
   * `architectures` names. Further options are those of that class, which checks them. The caller disposes the model.
   *
   * @throws SequiturError where no class reads the folder, naming the one that would
   */
  async fromPretrained<C extends PretrainedClass>(
    location: CheckpointLocation,
    given: AutoOptions<C>,
  ): Promise<Awaited<ReturnType<C['fromPretrained']>>> {
    checkArgument('Auto.fromPretrained', option.anObject, given);
    const { models, ...options } = given;
    checkArgument('Auto.fromPretrained, models', classesOfModels, models);
    const source = await openSource(location, options);
    const json = await ConfigReader.open(source);
    const family = findFamily(
      json,
      models.flatMap((model) => model.families),
    );
    const [architecture] = json.maybe('architectures', texts) ?? [];
    const head = architecture === undefined ? undefined : family.classes[architecture];
    const readers = models.filter((model) => model.families.includes(family));
    const chosen = readers.find(({ heads }) => head === undefined || heads === undefined || heads.includes(head));
    if (chosen) return (await chosen.fromPretrained(source, options)) as Awaited<ReturnType<C['fromPretrained']>>;
    throw new SequiturError({
      where: `${json.where}, architectures`,
      expected: `a class that one of the given models reads`,
      got: String(architecture),
    });
  },
};
