import { once } from 'node:events';
import type { Candidate } from './candidate.js';
import { measureHere } from './measure.js';
import { participants } from './plan.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

/** Measures for the parent process; see `measureApart`. */
export async function serveMeasurements(candidates: readonly Candidate[]): Promise<void> {
  process.on('SIGINT', () => {}); // a terminal sends it to both processes: the parent decides
  process.on('disconnect', () => process.exit(1));
  const [request] = (await once(process, 'message')) as [ToWorker];
  try {
    const records = measureHere(participants(candidates, request.settings), request, {
      onProgress: (progress) => void say({ type: 'progress', progress }),
      onAttempt: (attempt) => say({ type: 'attempt', attempt }),
    });
    for await (const record of records) await say({ type: 'record', record });
    await say({ type: 'done' });
  } catch (error) {
    await say({ type: 'failed', message: (error as Error).message });
  }
  process.exit(0);
}

/** Resolves when the message was sent, so that it survives the end of this process. */
function say(message: FromWorker): Promise<void> {
  return new Promise((sent, failed) => {
    process.send!(message, (error: Error | null) => (error ? failed(error) : sent()));
  });
}
