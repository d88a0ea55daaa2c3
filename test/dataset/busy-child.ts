/**
 * A program that changes a dataset without end, until it is killed. Tells on stdout what has been acknowledged, one
 * JSON line each. Arguments: project folder, folder of files to import, seed.
 */
import { writeSync } from 'node:fs';
import { Random } from '../../src/base';
import { Dataset } from '../../src/dataset';
import { motionCapture } from './support';

const [folder, importFolder, seed] = process.argv.slice(2);
const random = new Random(Number(seed));
const tell = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);

const dataset = await Dataset.open(folder);
tell({ ready: true });
for (let round = 0; ; round++) {
  const ids = dataset.list().items.map((item) => item.id);
  switch (random.below(6)) {
    case 0:
    case 1: {
      const { id } = await dataset.add(motionCapture('wave', random.uniform() * 100, { person: 'ann' }));
      tell({ added: id });
      break;
    }
    case 2:
      await dataset.update(ids.slice(0, 20), { label: `label${random.below(3)}` });
      break;
    case 3:
      if (round < 8) await dataset.importPaths([importFolder]);
      break;
    case 4:
      if (ids.length > 30) {
        await dataset.remove(ids.slice(0, 10));
        await dataset.undo();
      }
      break;
    default:
      await dataset.autoSplit({ by: 'capture', testing: 0.3, seed: round });
  }
}
