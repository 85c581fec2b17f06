export * from './answer.js';
export * from './classify.js';
export * from './embed-texts.js';
export { type Entity, groupEntities, type TaggedToken } from './entity-groups.js';
export * from './fill-mask.js';
export type { BatchedOptions, TextInput } from './reading.js';
export * from './recognize-entities.js';
