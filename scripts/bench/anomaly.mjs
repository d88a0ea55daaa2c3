/**
 * Anomalies: the ceiling fan among the shared recordings (DORMOUSE_DATA), running at low speed as what is normal, with a
 * coin on a blade and standing still as what is not, through `new --task anomaly`, import, train and test with defaults
 * only (and the other ways of learning what is normal). Five seeds; what is normal was split by the import.
 */
import { loadParts } from '../lib/parts.mjs';
import { recordings, summary, withProject } from '../lib/projects.mjs';

const seeds = [1, 2, 3, 4, 5];
const normal = ['fan_0_low_0_weight'];
const coin = 'fan_0_low_1_weight';
const folder = recordings('vibration', 'ceiling_fan');

/** Chance that a window of the one scores above one of the other, ties counted half. */
function areaUnderCurve(low, high) {
  let sum = 0;
  for (const a of high) for (const b of low) sum += a > b ? 1 : a === b ? 0.5 : 0;
  return sum / (low.length * high.length);
}

async function measured(parts, project, kind) {
  const runs = [];
  const labelOf = new Map(project.dataset.list().items.map(({ id, label }) => [id, label]));
  for (const seed of seeds) {
    const anomaly = { ...project.settings.training.anomaly, kind, normal };
    await parts.trainProject(project, { settings: { seed, anomaly } });
    const report = await parts.testProject(project, 'int8', null);
    const of = (label) => report.anomaly.scores.filter((_, row) => labelOf.get(report.rows[row].captureId) === label);
    const [usual, loaded] = [of(normal[0]), of(coin)];
    const caught = loaded.filter((score) => score > 1).length / loaded.length;
    runs.push({
      auc: areaUnderCurve(usual, loaded),
      caught,
      falseAlarms: report.anomaly.falseAlarms,
      windows: usual.length,
    });
  }
  return {
    normalWindows: runs[0].windows,
    aucOfTheCoin: summary(runs.map(({ auc }) => auc)),
    coinCaught: summary(runs.map(({ caught }) => caught)),
    falseAlarms: summary(runs.map(({ falseAlarms }) => falseAlarms)),
  };
}

const parts = folder && (await loadParts('objects'));
const result = folder
  ? await withProject(parts, 'anomaly', folder, async (project) => {
      const kinds = {};
      for (const kind of ['kmeans', 'mixture', 'autoencoder']) kinds[kind] = await measured(parts, project, kind);
      return { default: project.settings.training.anomaly.kind, ...kinds };
    })
  : { skipped: 'the recordings are not on this machine (set DORMOUSE_DATA)' };
console.log(JSON.stringify(result));
