/** Main module of the process that `startOneThreadProcess` starts. */
import { clocks } from '../measure/clock.js';
import { timeOf } from '../measure/interleave.js';
import { openStockBesideOurs } from '../stock/stock-backend.js';
import type { Contest } from './contest.js';
import type { Answer, Question } from './one-thread-messages.js';
import { prepareContest } from './task.js';

/** tfjs has one thread in the main process too, so it is measured there. */
const MEASURED_HERE = ['Sequitur', 'onnxruntime-web'];

let contest: Contest = { contenders: [], release: async () => {} };

async function answerTo(question: Question): Promise<Answer> {
  if (question.type === 'open') await openStockBesideOurs({ threads: 1, fusedProducts: question.fusedProducts });
  if (question.type === 'release') await contest.release();
  if (question.type === 'prepare') {
    const { contenders, release } = await prepareContest(question.task);
    contest = { contenders: contenders.filter(({ name }) => MEASURED_HERE.includes(name)), release };
    const told = contest.contenders.map(({ name, threads, flops }) => ({ name, threads, flops }));
    return { type: 'contenders', contenders: told };
  }
  if (question.type === 'turn') {
    const contender = contest.contenders[question.index]!;
    await contender.prepare?.();
    return { type: 'time', milliseconds: await timeOf(contender, question.leastTime, clocks.wall) };
  }
  return { type: 'done' };
}

process.on('SIGINT', () => {}); // a terminal sends it to both processes: the parent decides
process.on('disconnect', () => process.exit(1));
process.on('message', async (question: Question) => {
  const answer = await answerTo(question).catch((error: Error): Answer => {
    return { type: 'failed', message: error.message };
  });
  process.send!(answer);
});
