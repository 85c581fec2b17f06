export { intentLabel, intentOf } from './intent-labels.js';
export { type ShippedModel, type ShippedModelName, shippedModels } from './shipped-models.js';
export { type Understood, understand } from './understand.js';
