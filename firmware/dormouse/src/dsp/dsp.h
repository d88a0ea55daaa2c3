// The DSP blocks: one window of sensor values in, one row of features out, the same bits on every machine.
// Knows nothing of sensors, protocols or models; allocates nothing. Block numbers and the order of their
// parameters are those of MODEL_SLOT.md 2, the definitions of the features stand beside each block
// (flatten.h, spectral.h, sound.h, image.h).
#ifndef DORMOUSE_DSP_DSP_H
#define DORMOUSE_DSP_DSP_H

#include <stddef.h>
#include <stdint.h>

namespace dormouse {
namespace dsp {

enum { kMaxParams = 16 };
enum BlockKind { kRaw = 0, kFlatten = 1, kSpectral = 2, kSpectrogram = 3, kMfe = 4, kMfcc = 5, kImage = 6 };

// What to compute: a block number and its parameters in the block's order. Later parameters that are left out
// (count smaller than the block's) take their defaults.
struct Block {
  uint16_t kind;
  uint16_t count;
  float params[kMaxParams];
};

// One window: `frames` points in time of `axes` values each, sampled at `rateHz`. A picture is a window too:
// its pixels row by row, `width` to a row; 0 for everything else.
struct Shape {
  uint32_t frames;
  uint16_t axes;
  float rateHz;
  uint32_t width;
};

enum class Status : int8_t {
  kOk = 0,
  kUnknownBlock = -1,
  kBadParameter = -2,     // a parameter outside its range, or one that does not fit this window
  kTooLarge = -3,         // more values than a board can address
  kScratchTooSmall = -4,  // less scratch memory than scratchBytes() says
  kNotFinite = -5,  // the window holds a NaN or an infinity, or values so large that a feature became one
};

// How many parameters a block has (0 for an unknown block), and what each is when it is left out.
uint16_t parameterCount(uint16_t kind);
float parameterDefault(uint16_t kind, uint16_t index);

// How many features a window of this shape gives.
Status featureCount(const Block& block, const Shape& shape, uint32_t* count);
// How many bytes of scratch memory run() needs, exactly. May be 0.
Status scratchBytes(const Block& block, const Shape& shape, uint32_t* bytes);
// window: frames * axes values, interleaved (all axes of the first frame first), in physical units.
// features: featureCount values. scratch: 4-aligned. Nothing is written to `features` beyond its count.
Status run(const Block& block, const Shape& shape, const float* window, float* features, void* scratch,
           uint32_t scratchBytes);

// In place: x[i] = (x[i] - mean[i % period]) * inverseStd[i % period]. `period` is n, or the number of axes
// of a raw window. Each operation is rounded on its own.
void normalise(float* features, uint32_t n, const float* mean, const float* inverseStd, uint32_t period);
// out = clamp(round half away from zero(in / scale) + zeroPoint, -128, 127). A NaN becomes zeroPoint.
void quantise(const float* in, uint32_t n, float scale, int32_t zeroPoint, int8_t* out);

}  // namespace dsp
}  // namespace dormouse

#endif
