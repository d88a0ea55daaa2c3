/** Nearest neighbours among the captures, exactly, and what they tell: recordings that are there twice, labels that do not fit. */

export interface Neighbours {
  /** Of each point. */
  readonly each: number;
  /** count * each, nearest first, the point itself left out. */
  readonly index: Int32Array;
  /** Euclidean. */
  readonly distance: Float32Array;
}

/** Every point against every other. */
export function nearestNeighbours(values: Float32Array, count: number, width: number, wanted: number): Neighbours {
  const each = Math.max(0, Math.min(wanted, count - 1));
  const index = new Int32Array(count * each);
  const square = new Float32Array(count * each).fill(Infinity);
  const insert = (of: number, other: number, d: number): void => {
    const from = of * each;
    if (d >= square[from + each - 1]) return;
    let at = from + each - 1;
    for (; at > from && square[at - 1] > d; at--) {
      square[at] = square[at - 1];
      index[at] = index[at - 1];
    }
    square[at] = d;
    index[at] = other;
  };
  for (let a = 0; each > 0 && a < count; a++) {
    const rowA = a * width;
    for (let b = a + 1; b < count; b++) {
      const rowB = b * width;
      // Beyond the farthest neighbour that either has so far, the rest of the way does not matter.
      const enough = Math.max(square[a * each + each - 1], square[b * each + each - 1]);
      let d = 0;
      for (let k = 0; k < width && d < enough; k += 4) {
        const end = Math.min(width, k + 4);
        for (let m = k; m < end; m++) {
          const apart = values[rowA + m] - values[rowB + m];
          d += apart * apart;
        }
      }
      if (d >= enough) continue;
      insert(a, b, d);
      insert(b, a, d);
    }
  }
  return { each, index, distance: square.map(Math.sqrt) };
}

/** Nearer than this share of the usual distance to a nearest neighbour is no chance. */
const sameWithin = 0.02;
const mostPairs = 500;

/** Pairs of points that are all but the same, nearest first. */
export function duplicatesAmong({ each, index, distance }: Neighbours, count: number): [number, number][] {
  if (each === 0) return [];
  const nearest = Array.from({ length: count }, (_, i) => distance[i * each]).sort((a, b) => a - b);
  // The median would be 0 where most captures are there twice.
  const usual = nearest[Math.floor(count * 0.9)];
  const pairs: { a: number; b: number; d: number }[] = [];
  for (let a = 0; a < count; a++) {
    for (let k = 0; k < each; k++) {
      const b = index[a * each + k];
      const d = distance[a * each + k];
      if (d > sameWithin * usual) break;
      if (a < b) pairs.push({ a, b, d });
    }
  }
  pairs.sort((p, q) => p.d - q.d || p.a - q.a || p.b - q.b);
  return pairs.slice(0, mostPairs).map(({ a, b }) => [a, b]);
}

export interface Doubt {
  readonly point: number;
  readonly suggested: number;
  readonly agreement: number;
}

/** Neighbours asked, how many of them must agree on another label, and how many may share the capture's own. */
const asked = 10;
const mustAgree = 0.8;
const mayShare = 0.1;

/** Points whose neighbours nearly all carry one other label, surest first. `label`: index per point. */
export function doubtfulLabels({ each, index, distance }: Neighbours, label: Int32Array): Doubt[] {
  const among = Math.min(asked, each);
  // With fewer neighbours than this, two recordings of one mistake would outvote the truth.
  if (among < 5) return [];
  const doubts: (Doubt & { readonly distance: number })[] = [];
  for (let point = 0; point < label.length; point++) {
    const votes = new Map<number, number>();
    for (let k = 0; k < among; k++) {
      const other = label[index[point * each + k]];
      votes.set(other, (votes.get(other) ?? 0) + 1);
    }
    const [suggested, count] = [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best));
    const agreement = count / among;
    if (suggested === label[point] || agreement < mustAgree) continue;
    if ((votes.get(label[point]) ?? 0) / among > mayShare) continue;
    doubts.push({ point, suggested, agreement, distance: distance[point * each + among - 1] });
  }
  doubts.sort((a, b) => b.agreement - a.agreement || a.distance - b.distance || a.point - b.point);
  return doubts.map(({ point, suggested, agreement }) => ({ point, suggested, agreement }));
}
