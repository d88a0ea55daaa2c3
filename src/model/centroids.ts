/**
 * What finding things by their centres is scored by: a found centre is right where it lies in a box of its label that no
 * other found centre took. Boxes of sizes do not count, as in the field's scoring of FOMO. Pure.
 */

/** In any unit, the same for centres and boxes. */
export interface Centre {
  readonly label: string;
  readonly score: number;
  readonly x: number;
  readonly y: number;
}

export interface Area {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const holds = (box: Area, { label, x, y }: Centre): boolean =>
  box.label === label && x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;

function squaredDistance(box: Area, { x, y }: Centre): number {
  return (box.x + box.width / 2 - x) ** 2 + (box.y + box.height / 2 - y) ** 2;
}

/**
 * As many pairs of a centre and a box as there can be (Kuhn's augmenting paths), so that no box that lies over another
 * spoils the count; of several ways, nearer boxes and surer centres first.
 * @returns per centre the number of its box, -1 where it has none.
 */
export function matchCentres(found: readonly Centre[], boxes: readonly Area[]): Int32Array {
  const boxOf = new Int32Array(found.length).fill(-1);
  const centreOf = new Int32Array(boxes.length).fill(-1);
  const choices = found.map((centre) =>
    boxes
      .flatMap((box, i) => (holds(box, centre) ? [i] : []))
      .sort((a, b) => squaredDistance(boxes[a], centre) - squaredDistance(boxes[b], centre) || a - b),
  );
  const place = (centre: number, tried: Set<number>): boolean => {
    for (const box of choices[centre]) {
      if (tried.has(box)) continue;
      tried.add(box);
      if (centreOf[box] >= 0 && !place(centreOf[box], tried)) continue;
      centreOf[box] = centre;
      boxOf[centre] = box;
      return true;
    }
    return false;
  };
  const surest = found.map((_, i) => i).sort((a, b) => found[b].score - found[a].score || a - b);
  for (const centre of surest) place(centre, new Set());
  return boxOf;
}
