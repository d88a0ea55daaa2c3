/**
 * All layers of Keras that Dormouse knows. `layerProblem` looks at settings only, so that everything unknown in a model
 * can be listed at once; `convertLayer` also knows the shape that comes in.
 *
 * Knows nothing of files.
 */
import type { Fields } from './fields';
import type { Conversion, Known } from './layer-settings';
import { idleLayers, plainLayers } from './plain-layers';
import { scalingLayers, weightedLayers } from './weighted-layers';

const known: ReadonlyMap<string, Known> = new Map(
  Object.entries({ ...weightedLayers, ...scalingLayers, ...plainLayers, ...idleLayers }),
);

/** What of a layer Dormouse does not have: its class ("") or a setting; undefined where it has all. */
export function layerProblem(className: string, config: Fields): string | undefined {
  const layer = known.get(className);
  return layer ? layer.problem?.(config) : '';
}

/** @param shape of the layer's input. @returns a text where the layer, though known, is impossible for that shape. */
export function convertLayer(
  className: string,
  config: Fields,
  shape: readonly number[],
  name: string,
): Conversion | string {
  return known.get(className)?.convert(config, shape, name) ?? '';
}
