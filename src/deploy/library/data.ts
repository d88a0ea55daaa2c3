/** model_data.h and model_data.cpp: everything about the model that the code of a library needs, as constants. */
import { anomalySection } from '../../core';
import { bytes, floatText, floats, stringText } from './c-text';
import { dspNumberOf, hasObjects, shapeOf, type LibraryModel } from './model';

const flag = (on: boolean): string => (on ? '1' : '0');

export function dataHeader(model: LibraryModel): string {
  const { manifest, network, way, scores } = model;
  const { anomaly, live, labels, normalisation } = manifest;
  const shape = shapeOf(manifest);
  const judge = live.smoothing * (scores + (anomaly ? 4 : 0)) + (live.suppress ? 2 * labels.length : 0);
  return `/** The model's constants. */
#ifndef DORMOUSE_MODEL_DATA_H
#define DORMOUSE_MODEL_DATA_H

#include <stdint.h>

#define DORMOUSE_DSP_KIND ${dspNumberOf(model)}
#define DORMOUSE_FROM_FEATURES ${flag(way !== 'picture')}
#define DORMOUSE_HAS_NETWORK ${flag(network !== undefined)}
#define DORMOUSE_KEEPS_STATE ${flag((network?.calls.reset.length ?? 0) > 0)}
#define DORMOUSE_HAS_SCORES ${flag(scores > 0)}
#define DORMOUSE_HAS_OBJECTS ${flag(hasObjects(model))}
#define DORMOUSE_HAS_ANOMALY ${flag(anomaly !== undefined)}
#define DORMOUSE_RECONSTRUCTS ${flag(anomaly?.kind === 'reconstruction')}

namespace dormouse_model {
namespace data {

enum : uint32_t {
  kRateMilliHz = ${Math.round(shape.rateHz * 1000)},
  kPictureWidth = ${shape.width ?? 0},
  kFeatures = ${model.features},
  kScratchBytes = ${Math.max(16, model.scratchBytes)},
  /** Mean and deviation: one pair for each feature, or for each axis again and again. */
  kNormalised = ${normalisation.mean.length},
  kParamCount = ${model.params.length},
  kScores = ${scores},
  kJudgeBytes = ${Math.max(8, judge)},
  /** 1/1000. */
  kThreshold = ${Math.round(live.threshold * 1000)},
  kSmoothing = ${live.smoothing},
  kSuppress = ${live.suppress ?? 0},
  kGridRows = ${network?.output.shape[1] ?? 0},
  kGridColumns = ${network?.output.shape[2] ?? 0},
  kAnomalyBytes = ${anomaly ? anomalySection(anomaly).length : 0}
};

/** value = scale * (stored - zero point). */
static const float kInputScale = ${floatText(network?.input.scale ?? 0)};
static const int32_t kInputZeroPoint = ${network?.input.zeroPoint ?? 0};
static const float kOutputScale = ${floatText(network?.output.scale ?? 0)};
static const int32_t kOutputZeroPoint = ${network?.output.zeroPoint ?? 0};

extern const char* const kLabelNames[];
extern const float kParams[];
extern const float kMean[];
extern const float kInverseStd[];
/** Little-endian uint16 for each label, 1/1000; nullptr: kThreshold is for all. */
extern const uint8_t* const kThresholds;
extern const uint8_t kAnomaly[];

}  // namespace data
}  // namespace dormouse_model

#endif
`;
}

export function dataCode({ manifest, params }: LibraryModel): string {
  const { labels, normalisation, live, anomaly } = manifest;
  const thresholds = (live.thresholds ?? []).flatMap((threshold) => {
    const value = Math.round(threshold * 1000);
    return [value & 255, value >> 8];
  });
  return `/** The model: labels, settings and normalisation; the network is in network.cpp. */
#include "model_data.h"

namespace dormouse_model {
namespace data {

const char* const kLabelNames[] = {
${labels.map((label) => `    ${stringText(label)},`).join('\n')}
};

const float kParams[] = {
${floats(params)}
};

const float kMean[] = {
${floats(normalisation.mean)}
};

const float kInverseStd[] = {
${floats(normalisation.inverseStd)}
};
${
  thresholds.length > 0
    ? `
static const uint8_t kThresholdBytes[] = {
${bytes(thresholds)}
};
const uint8_t* const kThresholds = kThresholdBytes;
`
    : `
const uint8_t* const kThresholds = nullptr;
`
}
/** What is normal. */
alignas(4) const uint8_t kAnomaly[] = {
${bytes(anomaly ? anomalySection(anomaly) : [])}
};

}  // namespace data
}  // namespace dormouse_model
`;
}
