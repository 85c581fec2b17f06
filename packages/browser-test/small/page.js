import { complete } from './complete.js';
import { show } from './show.js';

show(complete());
