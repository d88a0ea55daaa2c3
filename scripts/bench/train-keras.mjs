/** Keras beside our own engine: scripts/bench/train-keras.py as a process that is asked one network at a time. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/**
 * @returns {Promise<{about: string, millisPerStep: (spec: object, batch: number, steps: number) => Promise<Record<string, number[]>>, close: () => void} | undefined>}
 * undefined where no Python with Keras is found: $DORMOUSE_PYTHON, else python3.
 */
export async function startKeras() {
  const script = fileURLToPath(new URL('train-keras.py', import.meta.url));
  const python = spawn(process.env.DORMOUSE_PYTHON ?? 'python3', [script], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const started = await Promise.race([
    lines.next(),
    new Promise((resolve) => python.once('error', () => resolve({ done: true }))),
  ]);
  if (started.done) return undefined;
  return {
    about: JSON.parse(started.value).about,
    async millisPerStep(spec, batch, steps) {
      python.stdin.write(`${JSON.stringify({ spec, batch, steps })}\n`);
      const answer = await lines.next();
      if (answer.done) throw new Error('Keras ended while it was measured.');
      return JSON.parse(answer.value).ways;
    },
    close: () => python.stdin.end(),
  };
}
