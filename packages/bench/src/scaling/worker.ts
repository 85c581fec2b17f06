import { candidates } from '../architectures.js';
import { serveMeasurements } from './serve.js';

await serveMeasurements(candidates);
