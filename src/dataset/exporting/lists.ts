/**
 * What is said about exported files, in the forms that other tools read: `info.labels` and its siblings, index.csv,
 * tables of boxes, COCO, Pascal VOC, YOLO, Audacity's label tracks. Each is read back by `importing/lists`. Pure.
 */
import { escapeXml } from '../importing/lists/xml';
import { unlabelled } from '../notes';
import type { Box, Capture, Segment, Split } from '../types';

export interface Listed {
  readonly path: string;
  readonly capture: Omit<Capture, 'values'>;
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const jsonOf = (value: unknown): Uint8Array => bytesOf(`${JSON.stringify(value)}\n`);

export function csvCell(text: string): string {
  // A leading = + - @ would be a formula in a spreadsheet.
  const plain = /^[=+@-]/.test(text) ? `'${text}` : text;
  return /[",\n;\t]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

interface Part {
  readonly startIndex: number;
  /** Inclusive. */
  readonly endIndex: number;
  readonly label: string;
}

/** Segments as that format wants them: every frame in exactly one part, the first segment over a frame counting. */
function wholeCover(segments: readonly Segment[], frames: number): Part[] {
  const parts: Part[] = [];
  let next = 0;
  const add = (end: number, label: string): void => {
    if (end > next) parts.push({ startIndex: next, endIndex: end - 1, label });
    next = Math.max(next, end);
  };
  for (const { start, end, label } of [...segments].sort((a, b) => a.start - b.start)) {
    add(Math.min(start, frames), unlabelled);
    add(Math.min(end, frames), label);
  }
  add(frames, unlabelled);
  return parts;
}

/** `info.labels`; under `dormouse` stands everything that the format has no place for. */
export function infoLabels(listed: readonly Listed[]): Uint8Array {
  const files = listed.map(({ path, capture }) => {
    const { label, split, splitPinned, person, session, device, sensor, createdAt } = capture;
    const { source, gaps, segments, boxes, trim, note, frames, kind } = capture;
    const said = { label, split, splitPinned, person, session, device, sensor, createdAt };
    const metadata = { ...(person ? { person } : {}), ...(session ? { session } : {}) };
    return {
      path,
      name: nameOf(path).split('.').slice(0, 2).join('.'),
      category: split,
      label:
        segments.length > 0
          ? { type: 'multi-label', labels: wholeCover(segments, frames) }
          : label === unlabelled
            ? { type: 'unlabeled' }
            : { type: 'label', label },
      ...(person || session ? { metadata } : {}),
      ...(kind === 'image' && boxes.length > 0 ? { boundingBoxes: boxes } : {}),
      dormouse: { ...said, source, gaps, segments, boxes, trim, note },
    };
  });
  return jsonOf({ version: 1, files });
}

/** The siblings of info.labels that lie beside the files of one split; [] where there is nothing to say. */
export function siblingLabels(listed: readonly Listed[], split: Split): { path: string; content: Uint8Array }[] {
  const here = listed.filter(({ capture }) => capture.split === split);
  const boxed = here.filter(({ capture }) => capture.kind === 'image' && capture.boxes.length > 0);
  const parted = here.filter(({ capture }) => capture.segments.length > 0);
  const boundingBoxes = Object.fromEntries(boxed.map(({ path, capture }) => [nameOf(path), capture.boxes]));
  const structuredLabels = Object.fromEntries(
    parted.map(({ path, capture }) => [nameOf(path), wholeCover(capture.segments, capture.frames)]),
  );
  const files: { path: string; content: Uint8Array }[] = [];
  if (boxed.length > 0) {
    const content = jsonOf({ version: 1, type: 'bounding-box-labels', boundingBoxes });
    files.push({ path: `${split}/bounding_boxes.labels`, content });
  }
  if (parted.length > 0) {
    const content = jsonOf({ version: 1, type: 'structured-labels', structuredLabels });
    files.push({ path: `${split}/structured_labels.labels`, content });
  }
  return files;
}

export function indexCsv(listed: readonly Listed[]): Uint8Array {
  const rows = listed.map(({ path, capture }) =>
    [path, capture.label, capture.person, capture.session, capture.split].map(csvCell).join(','),
  );
  return bytesOf(`${['file,label,person,session,split', ...rows].join('\n')}\n`);
}

/** One line for each box, one without numbers for a picture that shows nothing. */
export function boxesCsv(listed: readonly Listed[]): Uint8Array {
  const line = (path: string, box?: Box): string =>
    [csvCell(path), ...(box ? [csvCell(box.label), box.x, box.y, box.width, box.height] : ['', '', '', '', ''])].join(
      ',',
    );
  const rows = listed.flatMap(({ path, capture }) =>
    capture.boxes.length > 0 ? capture.boxes.map((box) => line(path, box)) : [line(path)],
  );
  return bytesOf(`${['image,label,x,y,w,h', ...rows].join('\n')}\n`);
}

/** A label track; a segment of one frame is a point. undefined where there are no segments. */
export function audacityTrack({ segments, rateHz }: Listed['capture']): Uint8Array | undefined {
  if (segments.length === 0) return undefined;
  const seconds = (frame: number): string => (frame / rateHz).toFixed(6);
  const lines = segments.map(({ start, end, label }) => {
    const name = label.replace(/[\t\r\n]/g, ' ');
    return `${seconds(start)}\t${seconds(end - start === 1 ? start : end)}\t${name}`;
  });
  return bytesOf(`${lines.join('\n')}\n`);
}

export function boxLabels(listed: readonly Listed[]): string[] {
  return [...new Set(listed.flatMap(({ capture }) => capture.boxes.map((box) => box.label)))].sort();
}

function sizeOf({ width = 1, frames }: Listed['capture']): { width: number; height: number } {
  return { width, height: frames / width };
}

/** COCO's JSON for the pictures of one folder, which it names without the folder. */
export function cocoJson(listed: readonly Listed[], labels: readonly string[]): Uint8Array {
  const images = listed.map(({ path, capture }, i) => ({ id: i + 1, file_name: nameOf(path), ...sizeOf(capture) }));
  const boxes = listed.flatMap(({ capture }, i) => capture.boxes.map((box) => ({ image_id: i + 1, box })));
  const annotations = boxes.map(({ image_id, box: { label, x, y, width, height } }, i) => {
    const place = { bbox: [x, y, width, height], area: width * height, iscrowd: 0, segmentation: [] };
    return { id: i + 1, image_id, category_id: labels.indexOf(label) + 1, ...place };
  });
  const categories = labels.map((name, i) => ({ id: i + 1, name, supercategory: '' }));
  return jsonOf({ images, annotations, categories });
}

export function vocXml({ path, capture }: Listed): Uint8Array {
  const { width, height } = sizeOf(capture);
  const objects = capture.boxes.map((box) => {
    const corners = { xmin: box.x, ymin: box.y, xmax: box.x + box.width, ymax: box.y + box.height };
    const sides = Object.entries(corners).map(([side, at]) => `<${side}>${at}</${side}>`);
    return `  <object>\n    <name>${escapeXml(box.label)}</name>\n    <bndbox>${sides.join('')}</bndbox>\n  </object>\n`;
  });
  const size = `<width>${width}</width><height>${height}</height><depth>${capture.axes.length}</depth>`;
  const head = `  <filename>${escapeXml(nameOf(path))}</filename>\n  <size>${size}</size>\n`;
  return bytesOf(`<annotation>\n${head}${objects.join('')}</annotation>\n`);
}

export function yoloText({ capture }: Listed, labels: readonly string[]): Uint8Array {
  const { width: across, height: down } = sizeOf(capture);
  const lines = capture.boxes.map(({ label, x, y, width, height }) =>
    [labels.indexOf(label), (x + width / 2) / across, (y + height / 2) / down, width / across, height / down].join(' '),
  );
  return bytesOf(lines.map((line) => `${line}\n`).join(''));
}

export function yoloNames(labels: readonly string[]): Uint8Array {
  const names = labels.map((label, i) => `  ${i}: ${JSON.stringify(label)}\n`);
  return bytesOf(`path: .\ntrain: images/train\nval: images/val\nnc: ${labels.length}\nnames:\n${names.join('')}`);
}
