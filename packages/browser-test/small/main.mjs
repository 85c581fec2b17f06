import { complete } from './complete.js';

console.log(await complete());
