export * from './lora.js';
export * from './lora-linear.js';
export * from './peft.js';
