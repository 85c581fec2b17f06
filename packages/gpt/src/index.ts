export * from './architectures.js';
export { Conversation, type ConversationParts, type SayOptions } from './chat/conversation.js';
export { type ChatTemplate, jinjaTemplate, type Message, templateOf } from './chat/template.js';
export * from './gpt.js';
export * from './gpt-classifier.js';
export * from './models/index.js';
export * from './models/memory-transformer-xl/index.js';
export * from './models/recurrent-memory-gpt/index.js';
export * from './models/transformer-xl/index.js';
