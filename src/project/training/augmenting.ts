/** What training varies in the rows of a project, from what they are: windows of a sensor, spectrograms, pictures. */
import { defaultAugmentationFor, type Augmentation, type MotionAugmentation } from '../../train';
import type { PreparedRows } from './rows';

/** Units of sensors whose axes are the x, y and z of one direction in space, which turns with the board. */
const directions: ReadonlySet<string> = new Set(['m/s2', 'deg/s', 'uT']);
/** Units of which nothing is known, as in tables without any. */
const unknown: ReadonlySet<string> = new Set(['', 'N/A']);

/**
 * Axes that are directions turn as the board would, gravity with them; of unknown axes the normalised values turn, which
 * stays within bounds whatever they are; temperature and pressure do not turn into each other.
 */
function turning(
  motion: MotionAugmentation,
  { resolved, normalisation }: Pick<PreparedRows, 'resolved' | 'normalisation'>,
): MotionAugmentation {
  const { units } = resolved;
  const inThrees = units.every((unit, axis) => unit === units[axis - (axis % 3)]);
  if (!inThrees || !units.every((unit) => directions.has(unit) || unknown.has(unit))) return { ...motion, rotation: 0 };
  if (units.some((unit) => unknown.has(unit))) return motion;
  const deviation = Array.from(normalisation.inverseStd, (inverse) => (inverse > 0 ? 1 / inverse : 0));
  return { ...motion, units: { mean: [...normalisation.mean], deviation } };
}

/** Undefined where a row is a list of features: nothing is known of what may change in them. */
export function augmentationFor(rows: Pick<PreparedRows, 'resolved' | 'normalisation'>): Augmentation | undefined {
  const { inputShape, block } = rows.resolved;
  if (inputShape.length === 3) return defaultAugmentationFor('image');
  if (inputShape.length < 2) return defaultAugmentationFor('features');
  const usual = defaultAugmentationFor(block.kind === 'raw' ? 'motion' : 'spectrogram');
  return usual?.kind === 'motion' ? turning(usual, rows) : usual;
}
