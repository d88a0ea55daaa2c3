/** Fed with pictures as a camera gives them. */
#include "answer.h"

#include "../dsp/picture.h"

namespace dormouse_model {

using namespace dormouse;

namespace {
alignas(16) uint8_t scratch_[data::kScratchBytes];
dsp::Block block_;
}  // namespace

Status init() {
  block_.kind = DORMOUSE_DSP_KIND;
  block_.count = data::kParamCount;
  for (uint32_t i = 0; i < data::kParamCount; i++) block_.params[i] = data::kParams[i];
  return internal::begin();
}

void reset() { internal::forget(); }

Status classify(const Picture& picture, Result* result) {
  if (!internal::begun()) return Status::kNotStarted;
  const dsp::Picture given = {picture.bytes, picture.width, picture.height,
                              static_cast<uint8_t>(picture.format)};
  uint32_t needed = 0;
  if (dsp::imageInputScratch(block_, given, internal::inputScale(), &needed) != dsp::Status::kOk ||
      needed > sizeof scratch_)
    return Status::kBadPicture;
  if (dsp::imageInput(block_, given, internal::inputScale(), internal::input(), scratch_, sizeof scratch_) !=
      dsp::Status::kOk)
    return Status::kBadPicture;
  return internal::fromInput(result);
}

}  // namespace dormouse_model
