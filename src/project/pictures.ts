/** Pictures of a project as the interface shows and marks them. Knows nothing of models. */
import { decodePicture, labelOfBoxes, resizePicture, type Box, type Dataset } from '../dataset';
import { ProjectError } from './errors';

function needPicture(dataset: Dataset, id: string) {
  const [picture] = dataset.list({ ids: [id] }).items;
  if (picture?.width !== undefined) return { ...picture, width: picture.width };
  throw new ProjectError('bad-argument', `The capture ${id} is not a picture in this project.`, 'Choose a picture.');
}

/** Replaces the boxes, cut to the picture; a picture is filed under its largest thing. One step to undo. */
export async function setBoxes(dataset: Dataset, id: string, boxes: readonly Box[]): Promise<void> {
  const { width, frames } = needPicture(dataset, id);
  const rows = frames / width;
  const inside = boxes.flatMap((box): Box[] => {
    const [x, y] = [Math.max(0, box.x), Math.max(0, box.y)];
    const across = Math.min(width, box.x + box.width) - x;
    const down = Math.min(rows, box.y + box.height) - y;
    return across > 0 && down > 0 ? [{ label: box.label, x, y, width: across, height: down }] : [];
  });
  await dataset.update([id], { boxes: inside, label: labelOfBoxes(inside) });
}

export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  /** RGB, rows from the top. */
  readonly pixels: Uint8Array;
}

/** The picture with its longer side made `size` pixels long (never longer than it is). */
export async function thumbnail(dataset: Dataset, id: string, size: number): Promise<Thumbnail> {
  const { width, frames } = needPicture(dataset, id);
  const scale = Math.min(1, size / Math.max(width, frames / width));
  const picture = decodePicture((await dataset.dataFile(id)).bytes);
  const wide = Math.max(1, Math.round(picture.width * scale));
  const high = Math.max(1, Math.round(picture.height * scale));
  const pixels = scale === 1 ? picture.rgb : Uint8Array.from(resizePicture(picture, wide, high), Math.round);
  return { width: wide, height: high, pixels };
}
