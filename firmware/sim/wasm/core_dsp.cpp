// What src/core/core.ts calls for features: the DSP blocks over memory that it filled through core_alloc().
#include "core_blocks.h"
#include "dsp/dsp.h"

using namespace dormouse;

namespace {
dsp::Shape shapeOf(uint32_t frames, uint32_t axes, float rateHz, uint32_t width) {
  dsp::Shape shape;
  shape.frames = frames;
  shape.axes = static_cast<uint16_t>(axes > 0xFFFFu ? 0u : axes);
  shape.rateHz = rateHz;
  shape.width = width;
  return shape;
}
}  // namespace

extern "C" {

__attribute__((export_name("core_dsp_parameters"))) uint32_t core_dsp_parameters(uint32_t kind) {
  return dsp::parameterCount(static_cast<uint16_t>(kind));
}

__attribute__((export_name("core_dsp_default"))) float core_dsp_default(uint32_t kind, uint32_t index) {
  return dsp::parameterDefault(static_cast<uint16_t>(kind), static_cast<uint16_t>(index));
}

// Number of features, or a negative dsp::Status.
__attribute__((export_name("core_dsp_count"))) int32_t core_dsp_count(uint32_t kind, uint32_t count,
                                                                      const float* params, uint32_t frames,
                                                                      uint32_t axes, float rateHz,
                                                                      uint32_t width) {
  uint32_t features = 0;
  const dsp::Status status =
      dsp::featureCount(blockOf(kind, count, params), shapeOf(frames, axes, rateHz, width), &features);
  return status == dsp::Status::kOk ? static_cast<int32_t>(features) : static_cast<int32_t>(status);
}

// Bytes of scratch memory, or a negative dsp::Status.
__attribute__((export_name("core_dsp_scratch"))) int32_t core_dsp_scratch(uint32_t kind, uint32_t count,
                                                                          const float* params,
                                                                          uint32_t frames, uint32_t axes,
                                                                          float rateHz, uint32_t width) {
  uint32_t bytes = 0;
  const dsp::Status status =
      dsp::scratchBytes(blockOf(kind, count, params), shapeOf(frames, axes, rateHz, width), &bytes);
  return status == dsp::Status::kOk ? static_cast<int32_t>(bytes) : static_cast<int32_t>(status);
}

// `windows` windows one after the other, their features likewise. Stops at the first that fails: *done says
// how many went well.
__attribute__((export_name("core_dsp_run"))) int32_t core_dsp_run(uint32_t kind, uint32_t count,
                                                                  const float* params, uint32_t frames,
                                                                  uint32_t axes, float rateHz, uint32_t width,
                                                                  const float* window, uint32_t windows,
                                                                  float* features, void* scratch,
                                                                  uint32_t scratchBytes, uint32_t* done) {
  const dsp::Block block = blockOf(kind, count, params);
  const dsp::Shape shape = shapeOf(frames, axes, rateHz, width);
  uint32_t perWindow = 0;
  *done = 0;
  dsp::Status status = dsp::featureCount(block, shape, &perWindow);
  for (uint32_t i = 0; i < windows && status == dsp::Status::kOk; i++) {
    status = dsp::run(block, shape, window, features, scratch, scratchBytes);
    window += frames * axes;
    features += perWindow;
    if (status == dsp::Status::kOk) *done = i + 1;
  }
  return static_cast<int32_t>(status);
}

// `rows` rows of n features each.
__attribute__((export_name("core_normalise"))) void core_normalise(float* features, uint32_t rows, uint32_t n,
                                                                   const float* mean, const float* inverseStd,
                                                                   uint32_t period) {
  for (uint32_t i = 0; i < rows; i++) dsp::normalise(features + i * n, n, mean, inverseStd, period);
}

__attribute__((export_name("core_quantise"))) void core_quantise(const float* in, uint32_t n, float scale,
                                                                 int32_t zeroPoint, int8_t* out) {
  dsp::quantise(in, n, scale, zeroPoint, out);
}
}
