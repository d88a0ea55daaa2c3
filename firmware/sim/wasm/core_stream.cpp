// What src/core/sound.ts calls: features of sound that keeps coming, one stream per WebAssembly instance.
#include "core_blocks.h"
#include "dsp/stream.h"

using namespace dormouse;

namespace {
dsp::Stream stream;

dsp::Shape shapeOf(uint32_t frames, uint32_t axes, float rateHz) {
  const dsp::Shape shape = {frames, static_cast<uint16_t>(axes > 0xFFFFu ? 0u : axes), rateHz, 0};
  return shape;
}
}  // namespace

extern "C" {

// Bytes of state, or a negative dsp::Status where the block cannot stream.
__attribute__((export_name("core_stream_bytes"))) int32_t core_stream_bytes(uint32_t kind, uint32_t count,
                                                                            const float* params,
                                                                            uint32_t frames, uint32_t axes,
                                                                            float rateHz, uint32_t stride) {
  uint32_t bytes = 0;
  const dsp::Status status =
      dsp::Stream::stateBytes(blockOf(kind, count, params), shapeOf(frames, axes, rateHz), stride, &bytes);
  return status == dsp::Status::kOk ? static_cast<int32_t>(bytes) : static_cast<int32_t>(status);
}

__attribute__((export_name("core_stream_begin"))) int32_t core_stream_begin(
    uint32_t kind, uint32_t count, const float* params, uint32_t frames, uint32_t axes, float rateHz,
    uint32_t stride, float unit, void* state, uint32_t bytes) {
  return static_cast<int32_t>(
      stream.begin(blockOf(kind, count, params), shapeOf(frames, axes, rateHz), stride, unit, state, bytes));
}

__attribute__((export_name("core_stream_restart"))) void core_stream_restart() { stream.restart(); }

// Takes all samples; the features of each window that got whole, `width` each, go to `features`, which has
// room for all that can. Returns how many windows there were.
__attribute__((export_name("core_stream_push"))) uint32_t core_stream_push(const int16_t* samples,
                                                                           uint32_t count, float* features,
                                                                           uint32_t width) {
  uint32_t windows = 0;
  while (count > 0) {
    const uint32_t taken = stream.push(samples, count);
    samples += taken;
    count -= taken;
    if (!stream.ready()) continue;
    stream.window(features);
    features += width;
    windows++;
  }
  return windows;
}
}
