/**
 * False alarms and misses per hour of a keyword model on recordings that it never heard: the words of people held out of
 * Arabic commands, one after the other, and two machines and English speech in which none of its words is said. With the
 * settings that a new project has, and with those proposed for ten false alarms an hour. `chosenElsewhere` is what such a
 * proposal does on the half that it was not made on: the figure to believe (`after` is of recordings that it was made on). Says too how fast a recording is replayed.
 * Needs the recordings (DORMOUSE_DATA).
 *
 * `npm run bench -- alarms`; DORMOUSE_BENCH_EPOCHS=20 trains shorter than by default.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadParts } from '../lib/parts.mjs';
import { root } from '../lib/ready.mjs';

const recordings = join(process.env.DORMOUSE_DATA ?? join(root, '..', 'shared', 'data'), 'audio');
const wished = 10;
const epochs = process.env.DORMOUSE_BENCH_EPOCHS;

const rounded = (value) => Number(value.toFixed(3));
const dormouse = (...args) =>
  JSON.parse(
    execFileSync(process.execPath, [join(root, 'dist', 'cli', 'dormouse.js'), '--json', ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );

/** Words with their people's own split; everything else is held out, as nothing that should be told. */
function makeProject(folder) {
  dormouse('new', folder, '--task', 'audio');
  dormouse('--project', folder, 'import', join(recordings, 'arabic_commands'));
  const others = ['noise', 'misc_clips'].flatMap((name) => {
    const args = ['import', join(recordings, name), '--label', 'background', '--split', 'testing'];
    return dormouse('--project', folder, ...args).ids;
  });
  dormouse('--project', folder, 'train', '--seed', '1', ...(epochs ? ['--epochs', epochs] : []));
  return others;
}

const told = (score) =>
  score && {
    falseAlarmsPerHour: rounded(score.falseAlarmsPerHour),
    missesPerHour: rounded(score.missesPerHour),
    missShare: rounded(score.missShare),
    falseAlarms: score.falseAlarms,
    misses: score.misses,
  };

async function replay(parts, project, ids) {
  let replayed = 0;
  const began = performance.now();
  const onProgress = () => (replayed = performance.now() - began);
  const report = await parts.replayProject(project, { ids, falseAlarmsPerHour: wished }, { onProgress });
  const hours = report.seconds / 3600;
  const all = performance.now() - began;
  return {
    report,
    facts: {
      minutes: rounded(report.seconds / 60),
      captures: report.captures,
      happened: report.happened,
      secondsPerHourReplayed: rounded(replayed / 1000 / hours),
      secondsPerHourSolved: rounded((all - replayed) / 1000 / hours),
    },
  };
}

async function run() {
  if (!existsSync(recordings)) return { skipped: 'the recordings are not on this machine (set DORMOUSE_DATA)' };
  const parts = await loadParts('alarms');
  const work = mkdtempSync(join(tmpdir(), 'dormouse-bench-'));
  try {
    const others = makeProject(join(work, 'alarms'));
    const project = await parts.Project.open(join(work, 'alarms'));
    const { report, facts } = await replay(parts, project, []);
    const quiet = await replay(parts, project, others);
    const { proposal, halves, current } = report;
    if (proposal) await project.change(() => ({ live: proposal.settings }));
    const after = proposal && (await replay(parts, project, others)).report.current.score;
    await project.close();
    return {
      epochs: epochs ? Number(epochs) : 'default',
      wished,
      all: {
        ...facts,
        halves,
        before: { settings: current.settings, ...told(current.score) },
        proposed: proposal && { settings: proposal.settings, ...told(proposal.score) },
        chosenElsewhere: told(proposal?.heldOut),
      },
      nothingSaid: { ...quiet.facts, before: told(quiet.report.current.score), after: told(after) },
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

console.log(JSON.stringify(await run()));
