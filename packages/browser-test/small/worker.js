import { complete } from './complete.js';

complete().then(postMessage, (error) => postMessage(`failed: ${error.stack ?? error}`));
