/** `pnpm --filter @sequitur/train kills [count]`: the suite's test of kills, with as many as one likes (default 20). */
import { openBackend } from '@sequitur/core';
import { killAndResume } from './kill-and-resume.js';

await openBackend('cpu');
const kills = Number(process.argv[2] ?? 20);
const { whole, killed, killedAfter } = await killAndResume(kills, Date.now());
console.log(`killed ${killedAfter.length} times, after steps ${killedAfter.join(', ')}`);
console.log(`never interrupted: ${whole}\nkilled:            ${killed}`);
if (whole !== killed) process.exitCode = 1;
console.log(whole === killed ? 'the same bits' : 'DIFFERENT');
