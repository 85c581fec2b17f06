import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Contest, KernelContender } from './contest.js';
import type { Answer, Question, ToldContender } from './one-thread-messages.js';
import type { Task } from './task.js';

/**
 * Another process in which our kernels and onnxruntime-web have one thread each. A process can start its threads only
 * once, and both thread counts are measured in the same rounds. The process computes only in its turns, and times
 * itself.
 */
export interface OneThreadProcess {
  /** Prepares its contenders for a task. */
  prepare(task: Task): Promise<Contest>;
  end(): void;
}

export interface OneThreadOptions {
  readonly fusedProducts: boolean;
  /** Node options of the process; default those of this one. */
  readonly execArgv?: readonly string[];
}

export async function startOneThreadProcess({ fusedProducts, execArgv }: OneThreadOptions): Promise<OneThreadProcess> {
  const child = fork(fileURLToPath(new URL('./one-thread-worker.ts', import.meta.url)), [], {
    ...(execArgv && { execArgv: [...execArgv] }),
  });
  const ended = once(child, 'exit').then(([code, signal]): Answer => {
    return { type: 'failed', message: `the process with one thread ended with ${signal ?? `code ${code}`}` };
  });
  const ask = async (question: Question): Promise<Answer> => {
    const answered = once(child, 'message').then(([answer]) => answer as Answer);
    if (child.connected) child.send(question);
    const answer = await Promise.race([answered, ended]);
    if (answer.type === 'failed') throw new Error(answer.message);
    return answer;
  };
  await ask({ type: 'open', fusedProducts });
  return {
    prepare: async (task) => {
      const { contenders } = (await ask({ type: 'prepare', task })) as Extract<Answer, { type: 'contenders' }>;
      return {
        contenders: contenders.map((contender, index) => remote(contender, index, ask)),
        release: async () => void (await ask({ type: 'release' })),
      };
    },
    end: () => void child.kill(),
  };
}

function remote(told: ToldContender, index: number, ask: (question: Question) => Promise<Answer>): KernelContender {
  return {
    ...told,
    turn: async (leastTime) => {
      const answer = await ask({ type: 'turn', index, leastTime });
      return (answer as Extract<Answer, { type: 'time' }>).milliseconds;
    },
  };
}
