/** Run by scripts/bench/train.mjs in a process of its own: the most memory that a training takes, in MiB, on stdout. */
import { networksOf, plainOptions, rowsFor } from './train-networks.mjs';

const { buildModel, coreEngine } = await import(process.argv[2]);
const { spec } = networksOf(buildModel)['MobileNetV1 0.25 on 96x96x1'];
const core = coreEngine();
await core.train(spec, rowsFor(spec, 2000), undefined, plainOptions(1, 2));
await core.close();
console.log(Math.ceil(process.resourceUsage().maxRSS / 1024));
