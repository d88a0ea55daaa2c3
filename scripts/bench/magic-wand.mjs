/**
 * The magic wand gestures (recorded by eight people) through the command line with default settings, five seeds: the
 * people of the training split teach, those of the other are scored. Needs the recordings (DORMOUSE_DATA).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../lib/ready.mjs';

const recordings = join(process.env.DORMOUSE_DATA ?? join(root, '..', 'shared', 'data'), 'motion', 'magic_wand');
const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function run() {
  if (!existsSync(recordings)) return { skipped: 'the recordings are not on this machine (set DORMOUSE_DATA)' };
  const work = mkdtempSync(join(tmpdir(), 'dormouse-bench-'));
  const project = join(work, 'wand');
  const dormouse = (...args) =>
    JSON.parse(
      execFileSync(
        process.execPath,
        [join(root, 'dist', 'cli', 'dormouse.js'), '--project', project, '--json', ...args],
        {
          encoding: 'utf8',
          maxBuffer: 256 * 1024 * 1024,
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      ),
    );
  try {
    dormouse('new', project, '--task', 'motion');
    const imported = dormouse('import', recordings);
    const runs = seeds.map((seed) => {
      const report = dormouse('train', '--seed', String(seed));
      const test = dormouse('test');
      const path = join(work, `model-${seed}.tflite`);
      dormouse('export', '--format', 'tflite', '--out', path);
      return {
        seed,
        float: report.float.accuracy,
        int8: test.accuracy,
        captures: test.captureAccuracy,
        windows: test.count,
        featureSeconds: report.featureSeconds,
        trainSeconds: report.trainSeconds,
        tfliteBytes: report.tfliteBytes,
        sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
      };
    });
    const again = dormouse('train', '--seed', '1');
    return {
      imported: imported.imported,
      labels: imported.labels,
      runs,
      int8Mean: mean(runs.map((entry) => entry.int8)),
      int8Worst: Math.min(...runs.map((entry) => entry.int8)),
      largestLoss: Math.max(...runs.map((entry) => entry.float - entry.int8)),
      sameBytesTwice: again.tfliteSha256 === runs[0].sha256,
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

console.log(JSON.stringify(run()));
