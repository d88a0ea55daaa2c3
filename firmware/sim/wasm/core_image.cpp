// What src/core/pictures.ts calls: pictures of bytes through the image block, over memory that it filled
// through core_alloc().
#include "core_blocks.h"
#include "dsp/picture.h"

using namespace dormouse;

namespace {
dsp::Picture pictureOf(const uint8_t* bytes, uint32_t width, uint32_t height, uint32_t format) {
  dsp::Picture picture;
  picture.bytes = bytes;
  // A side or format that does not fit is refused as a bad parameter.
  picture.width = static_cast<uint16_t>(width > 0xFFFFu ? 0u : width);
  picture.height = static_cast<uint16_t>(height > 0xFFFFu ? 0u : height);
  picture.format = static_cast<uint8_t>(format > 0xFFu ? 0xFFu : format);
  return picture;
}
}  // namespace

extern "C" {

// out: x, y, width, height of the part taken, then of its place in the output.
__attribute__((export_name("core_image_geometry"))) int32_t core_image_geometry(
    uint32_t kind, uint32_t count, const float* params, uint32_t width, uint32_t height, uint32_t* out) {
  dsp::ImageGeometry g;
  const dsp::Status status = dsp::imageGeometry(blockOf(kind, count, params), width, height, &g);
  if (status != dsp::Status::kOk) return static_cast<int32_t>(status);
  const uint32_t values[] = {g.cropX, g.cropY, g.cropWidth, g.cropHeight, g.left, g.top, g.width, g.height};
  for (uint32_t i = 0; i < 8; i++) out[i] = values[i];
  return 0;
}

// Scratch bytes of core_image_input, which are enough for core_image_features too; or a negative dsp::Status.
__attribute__((export_name("core_image_scratch"))) int32_t core_image_scratch(
    uint32_t kind, uint32_t count, const float* params, const uint8_t* bytes, uint32_t width, uint32_t height,
    uint32_t format, uint32_t period) {
  const dsp::InputScale input = {nullptr, nullptr, period, 1.0f, 0};
  uint32_t scratch = 0;
  const dsp::Status status = dsp::imageInputScratch(blockOf(kind, count, params),
                                                    pictureOf(bytes, width, height, format), input, &scratch);
  return status == dsp::Status::kOk ? static_cast<int32_t>(scratch) : static_cast<int32_t>(status);
}

__attribute__((export_name("core_image_features"))) int32_t core_image_features(
    uint32_t kind, uint32_t count, const float* params, const uint8_t* bytes, uint32_t width, uint32_t height,
    uint32_t format, float* features, void* scratch, uint32_t scratchBytes) {
  return static_cast<int32_t>(dsp::imageFeatures(blockOf(kind, count, params),
                                                 pictureOf(bytes, width, height, format), features, scratch,
                                                 scratchBytes));
}

__attribute__((export_name("core_image_input"))) int32_t core_image_input(
    uint32_t kind, uint32_t count, const float* params, const uint8_t* bytes, uint32_t width, uint32_t height,
    uint32_t format, const float* mean, const float* inverseStd, uint32_t period, float scale,
    int32_t zeroPoint, int8_t* out, void* scratch, uint32_t scratchBytes) {
  const dsp::InputScale input = {mean, inverseStd, period, scale, zeroPoint};
  return static_cast<int32_t>(dsp::imageInput(blockOf(kind, count, params),
                                              pictureOf(bytes, width, height, format), input, out, scratch,
                                              scratchBytes));
}
}
