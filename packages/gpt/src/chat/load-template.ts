import type { ChatTemplate, TemplateSource } from './template-source.js';

/**
 * A chat template in Jinja whose interpreter is loaded at its first use, when errors of the template are thrown too.
 */
export function lazyTemplate({ source, variables }: TemplateSource): ChatTemplate {
  let template: Promise<ChatTemplate> | undefined;
  return async (messages, options) => {
    template ??= import('./jinja/render.js').then(({ jinjaTemplate }) => jinjaTemplate(source, variables));
    return (await template)(messages, options);
  };
}
