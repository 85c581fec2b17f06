export * from './lora.js';
export * from './lora-linear.js';
export * from './peft.js';
export { type PeftConfig, readPeftConfig } from './peft-config.js';
