// The blocks' parameters: their order (MODEL_SLOT.md 2), their defaults, and how a Block is read. Inside the
// DSP folder only. `src/core/dsp-parameters.ts` says the same to people; a test compares the two.
#ifndef DORMOUSE_DSP_PARAMETERS_H
#define DORMOUSE_DSP_PARAMETERS_H

#include "dsp.h"

namespace dormouse {
namespace dsp {

// 4 MB of float32: a minute of 16 kHz sound. More than any board keeps, little enough that no size overflows.
static const uint32_t kMaxWindowValues = 1u << 20;

// The block's parameters with the defaults filled in, all finite.
Status readValues(const Block& block, float params[kMaxParams]);
// The same, and the window's shape checked against the limits.
Status readParameters(const Block& block, const Shape& shape, float params[kMaxParams]);

// value as a whole number between low and high; false for anything else.
bool wholeNumber(float value, uint32_t low, uint32_t high, uint32_t* whole);

}  // namespace dsp
}  // namespace dormouse

#endif
