/**
 * Pictures through a whole project: the electronic components among the shared recordings (DORMOUSE_DATA), through `new
 * --task image`, import, train and test with defaults only, int8. The last eight pictures of each label in the index are
 * held out; nothing is chosen by them. Each is then shown to the simulated board that runs the model as its camera would
 * deliver it, 96 x 96 in RGB565, and the board's answer counted. Five seeds; DORMOUSE_BENCH_SEEDS=1,2 takes others.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadParts } from '../lib/parts.mjs';
import { recordings, summary, withProject } from '../lib/projects.mjs';

const seeds = (process.env.DORMOUSE_BENCH_SEEDS ?? '1,2,3,4,5').split(',').map(Number);
const folder = recordings('image', 'electronic_components');
const heldOutOfEach = 8;
const side = 96;

/** The last of each label in the index, as { file, label }. */
function heldOut() {
  const [, ...lines] = readFileSync(join(folder, 'index.csv'), 'utf8').trim().split(/\r?\n/);
  const entries = lines.map((line) => line.split(',')).map(([file, label]) => ({ file, label }));
  const labels = [...new Set(entries.map(({ label }) => label))];
  return labels.flatMap((label) => entries.filter((entry) => entry.label === label).slice(-heldOutOfEach));
}

/** As a camera sends it over the wire: its size, its format (1 = RGB565), its pixels. */
function shot(parts, file) {
  const pixels = parts.resizePicture(parts.decodePicture(readFileSync(join(folder, file))), side, side);
  const packed = parts.packRgb565(Uint8Array.from(pixels));
  const bytes = new Uint8Array(8 + packed.length);
  new Uint16Array(bytes.buffer, 0, 2).set([side, side]);
  bytes[4] = 1;
  bytes.set(packed, 8);
  return bytes;
}

/** Share of the shots that the board names right. */
async function onCamera(parts, project, shots, seed) {
  const device = await parts.connectDevice(new parts.SimulatedTransport('sim', { seed }), parts.simulatedPort);
  try {
    await parts.deployProject(project, device);
    const { report } = await project.needTrained();
    let right = 0;
    for (const { label, bytes } of shots) {
      const { output } = await device.infer('picture', bytes);
      if (report.labels[output.indexOf(Math.max(...output))] === label) right++;
    }
    return right / shots.length;
  } finally {
    await device.close();
  }
}

async function measured(parts) {
  return withProject(parts, 'image', folder, async (project) => {
    const held = heldOut();
    const shots = held.map(({ file, label }) => ({ label, bytes: shot(parts, file) }));
    const { items } = project.dataset.list();
    const isHeld = ({ label, source }) =>
      held.some(({ file }) => file.startsWith(`${label}/`) && source.endsWith(file));
    const testing = items.filter(isHeld);
    if (testing.length !== held.length)
      throw new Error(`${testing.length} captures for ${held.length} held-out pictures.`);
    const training = items.filter((item) => !isHeld(item));
    await project.dataset.update(
      testing.map(({ id }) => id),
      { split: 'testing' },
    );
    await project.dataset.update(
      training.map(({ id }) => id),
      { split: 'training' },
    );
    const runs = [];
    for (const seed of seeds) {
      const { report } = await parts.trainProject(project, { settings: { seed } });
      const { accuracy } = await parts.testProject(project, 'int8', null);
      const camera = await onCamera(parts, project, shots, seed);
      console.error(
        `seed ${seed}: int8 ${accuracy.toFixed(3)}, through the camera ${camera.toFixed(3)}, ${report.trainSeconds.toFixed(0)} s`,
      );
      runs.push({ report, accuracy, camera });
    }
    const [{ report }] = runs;
    return {
      pictures: { taught: report.trainingRows, heldOut: report.testingRows },
      parameters: report.parameters,
      macs: report.macs,
      tfliteBytes: report.tfliteBytes,
      int8: summary(runs.map(({ accuracy }) => accuracy)),
      throughTheCamera: summary(runs.map(({ camera }) => camera)),
      secondsToTrain: summary(runs.map((run) => run.report.trainSeconds)),
    };
  });
}

const missing = { skipped: 'the pictures are not on this machine (set DORMOUSE_DATA)' };
console.log(JSON.stringify(folder ? await measured(await loadParts('images-project')) : missing));
