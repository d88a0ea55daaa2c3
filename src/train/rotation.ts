/** Small turns in space, for augmentation. */

/**
 * The rotation that the quaternion (1, x, y, z) stands for, row by row: about 2x, 2y, 2z radians for small values.
 * Built from + * / sqrt only, since sin and cos differ between machines.
 */
export function rotationOf(x: number, y: number, z: number): number[] {
  const s = 2 / (1 + x * x + y * y + z * z);
  return [
    [1 - s * (y * y + z * z), s * (x * y - z), s * (x * z + y)],
    [s * (x * y + z), 1 - s * (x * x + z * z), s * (y * z - x)],
    [s * (x * z - y), s * (y * z + x), 1 - s * (x * x + y * y)],
  ].flat();
}
