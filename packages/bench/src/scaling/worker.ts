import { candidates } from '../candidates.js';
import { serveMeasurements } from './serve.js';

await serveMeasurements(candidates);
