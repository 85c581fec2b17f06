import type { ShippedModel } from '@sequitur/models';
import type { FileSource } from '../packages.js';

/** Opens the folder of a model that comes with the site. */
export type OpenSite = (name: string) => FileSource;

/** The models that come with the site. The list is loaded when somebody first asks for it. */
export async function siteModels(): Promise<readonly ShippedModel[]> {
  return (await import('@sequitur/models')).shippedModels;
}
