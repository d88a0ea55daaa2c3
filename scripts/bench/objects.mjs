/**
 * Things found in pictures: the blood cells among the shared recordings (DORMOUSE_DATA), pictures called train teaching
 * and those called val scored, through `new --task image`, import, train and test with defaults only, int8. Five seeds;
 * DORMOUSE_BENCH_SEEDS=1,2 takes others. A centre is right where it lies in a box of its label that no other took.
 */
import { loadParts } from '../lib/parts.mjs';
import { recordings, summary, withProject } from '../lib/projects.mjs';

const seeds = (process.env.DORMOUSE_BENCH_SEEDS ?? '1,2,3,4,5').split(',').map(Number);
const folder = recordings('image', 'blood_cells');

/** Half of the pictures are counted at least this well: a few of them carry boxes for one in twenty of their cells. */
function medianCountError({ pictures }) {
  const errors = pictures
    .map(({ found, missed }) => ({
      found: found.length,
      there: found.filter((one) => one.right).length + missed.length,
    }))
    .filter(({ there }) => there > 0)
    .map(({ found, there }) => Math.abs(found - there) / there)
    .sort((a, b) => a - b);
  return errors[Math.floor(errors.length / 2)];
}

async function measured(parts) {
  return withProject(parts, 'image', folder, async (project) => {
    const runs = [];
    for (const seed of seeds) {
      const { report } = await parts.trainProject(project, { settings: { seed } });
      const { objects } = await parts.testProject(project, 'int8', null);
      const each = objects.perLabel.map(({ label, f1 }) => `${label} ${f1.toFixed(3)}`).join(', ');
      console.error(
        `seed ${seed}: ${each}; found ${objects.found} of ${objects.count}, ${report.trainSeconds.toFixed(0)} s`,
      );
      runs.push({ report, objects });
    }
    const [{ report }] = runs;
    const over = (value) => summary(runs.map(({ objects }) => value(objects)));
    return {
      pictures: { taught: report.trainingRows, scored: report.testingRows },
      parameters: report.parameters,
      macs: report.macs,
      tfliteBytes: report.tfliteBytes,
      meanF1: over(({ perLabel }) => perLabel.reduce((sum, { f1 }) => sum + f1, 0) / perLabel.length),
      f1OfAllThings: over(({ f1 }) => f1),
      ...Object.fromEntries(
        runs[0].objects.perLabel.map(({ label }, i) => [`f1 ${label}`, over(({ perLabel }) => perLabel[i].f1)]),
      ),
      // Of all pictures together, and of each picture by itself.
      countInTheMean: over(({ found, count }) => Math.abs(found - count) / count),
      countOfEachPicture: over(({ countError }) => countError),
      countOfTheMedianPicture: over(medianCountError),
      secondsToTrain: summary(runs.map((run) => run.report.trainSeconds)),
    };
  });
}

const missing = { skipped: 'the pictures are not on this machine (set DORMOUSE_DATA)' };
console.log(JSON.stringify(folder ? await measured(await loadParts('objects')) : missing));
