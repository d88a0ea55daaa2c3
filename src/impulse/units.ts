/** Which units measure the same thing, and by how much they differ. Pure. */
import type { CaptureSummary } from '../dataset';

/** Standard acceleration of free fall, exact by definition (3rd CGPM, 1901). */
const G = 9.80665;

/** Size of each unit in the first one of its family, which is the one that boards declare. */
const families: readonly Readonly<Record<string, number>>[] = [
  { 'm/s2': 1, g: G, mg: G / 1000 },
  { 'deg/s': 1, dps: 1, 'rad/s': 180 / Math.PI },
  { uT: 1, gauss: 100 },
  { Pa: 1, hPa: 100 },
  { V: 1, mV: 0.001 },
];

/** What a value in `from` is multiplied by to be in `to`; undefined where they do not measure the same thing. */
export function unitFactor(from: string, to: string): number | undefined {
  if (from === to) return 1;
  const family = families.find((units) => from in units && to in units);
  return family ? family[from] / family[to] : undefined;
}

/** The unit that a board's sensor declares for the same thing; a unit that nothing is known of stays as it is. */
export function boardUnit(unit: string): string {
  const family = families.find((units) => unit in units);
  return family ? Object.keys(family)[0] : unit;
}

/** The entry that occurs most often; of equally frequent ones the first in the alphabet. */
export function majority(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? '';
}

/**
 * One sentence per axis whose captures differ in units: what is converted, what is taken as it is. Where all agree,
 * nothing needs to be said: converting all alike to the board's unit changes nothing that a person would look for.
 */
export function unitWarnings(
  captures: readonly CaptureSummary[],
  axes: readonly string[],
  units: readonly string[],
): string[] {
  const warnings: string[] = [];
  for (const [i, name] of axes.entries()) {
    const others = new Map<string, number>();
    for (const capture of captures) {
      const found = capture.axes.find((axis) => axis.name === name)?.units;
      if (found !== undefined) others.set(found, (others.get(found) ?? 0) + 1);
    }
    if (others.size < 2) continue;
    others.delete(units[i]);
    for (const [found, count] of [...others].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const many = count === 1 ? 'one capture' : `${count} captures`;
      warnings.push(
        unitFactor(found, units[i]) === undefined
          ? `${name} is in ${found} in ${many} and in ${units[i]} in the others; those values were taken as they are.`
          : `${name} is in ${found} in ${many}; it was converted to ${units[i]}.`,
      );
    }
  }
  return warnings;
}
