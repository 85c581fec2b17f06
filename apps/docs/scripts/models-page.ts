import { bertFamilies } from '@sequitur/bert';
import { gptFamilies } from '@sequitur/gpt';
import { entryPoints, type Family } from '@sequitur/pretrained';
import { sequenceToSequenceFamilies } from '@sequitur/transformer';

const families = [...gptFamilies, ...bertFamilies, ...sequenceToSequenceFamilies] as unknown as readonly Family[];

/** The table of all models that are read: what opens each, its classes in Python, its sizes. */
export function modelsPage(): string {
  const known = new Map(families.map((family) => [family.modelType, family]));
  const rows = Object.entries(entryPoints).map(([modelType, opened]) => row(modelType, opened, known.get(modelType)));
  return [
    '# Supported models',
    '',
    '`fromPretrained` of the class reads checkpoints with this `model_type`, and `savePretrained` writes them. A class of Python that is',
    'named here is read with its head. Attributes of a configuration that change the computation are supported or refused by name.',
    '',
    '| `model_type` | opened by | classes of Python | presets |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function row(modelType: string, opened: string, family: Family | undefined): string {
  const classes = Object.keys(family?.classes ?? {}).map((name) => `\`${name}\``);
  const presets = Object.keys(family?.presets ?? {});
  const [name, packageName] = opened.split(' of @sequitur/');
  const link = `[\`${name}\`](/packages/${packageName})`;
  return `| \`${modelType}\` | ${link} | ${classes.join(', ')} | ${presets.join(', ')} |`;
}
