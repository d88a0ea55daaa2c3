/**
 * One picture of the simulated camera as a capture, with boxes around what it shows: they come from whoever drew the
 * picture, everything else over the wire as from a real board.
 */
import type { CaptureSummary } from '../dataset';
import type { PictureBlock } from '../link';
import { ProjectError } from './errors';
import { passTime, type Studio, type TakeNotes } from './simulated-studio';

/** A picture takes a few milliseconds on the simulated line; this long is given to it. */
const patienceSeconds = 3;

/** The first picture that was taken after what is played was changed. */
async function nextPicture({ world, hub }: Studio): Promise<PictureBlock> {
  const first = world.picturesTaken;
  let found: PictureBlock | undefined;
  const stop = hub.listenPictures((picture) => {
    if (picture.number >= first) found ??= picture;
  });
  try {
    for (let waited = 0; waited < patienceSeconds; waited += 0.05) {
      await passTime(world, 0.05);
      if (found) return found;
    }
  } finally {
    stop();
  }
  throw new ProjectError('device-cannot', 'The simulated camera sent no picture.', 'Start it again.');
}

/** `label` 'scene': the picture's label is that of its largest box, or 'background' where it has none. */
export async function recordPicture(studio: Studio, label: string, notes: TakeNotes): Promise<CaptureSummary> {
  const picture = await nextPicture(studio);
  const boxes = studio.world.boxesOf(picture.number) ?? [];
  const largest = boxes.reduce<(typeof boxes)[number] | undefined>(
    (best, box) => (best && best.width * best.height >= box.width * box.height ? best : box),
    undefined,
  );
  const { sensor } = studio.stream;
  const scene = label === 'scene';
  return studio.dataset.add({
    kind: 'image',
    values: Float32Array.from(picture.pixels),
    axes: sensor.axes.map(({ name, units }) => ({ name, units })),
    rateHz: 1,
    width: picture.width,
    notes: {
      ...notes,
      label: scene ? (largest?.label ?? 'background') : label,
      splitPinned: true,
      device: 'simulated board',
      sensor: sensor.name,
      boxes: scene ? boxes : [],
    },
  });
}
