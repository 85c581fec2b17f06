import type { ChatTemplate, TemplateSource } from './template-source.js';

/** A chat template in Jinja, whose interpreter is loaded when it is first used. Errors of the template come then, too. */
export function lazyTemplate({ source, variables }: TemplateSource): ChatTemplate {
  let template: Promise<ChatTemplate> | undefined;
  return async (messages, options) => {
    template ??= import('./jinja/render.js').then(({ jinjaTemplate }) => jinjaTemplate(source, variables));
    return (await template)(messages, options);
  };
}
