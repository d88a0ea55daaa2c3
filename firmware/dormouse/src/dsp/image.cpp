#include "../math/exact.h"

#include "image.h"

#include "../math/math.h"
#include "parameters.h"
#include "resize.h"

namespace dormouse {
namespace dsp {

namespace {
enum Mode { kFitShortest = 0, kFitLongest = 1, kSquash = 2 };
const uint32_t kMaxOutputSide = 1024;

struct Plan {
  uint32_t width, height, channels;
  ImageGeometry geometry;
  uint32_t values() const { return width * height * channels; }
  Sizes sizes() const {
    const Sizes sizes = {geometry.cropWidth, geometry.cropHeight, geometry.width, geometry.height, channels};
    return sizes;
  }
  // One source row in the output's channels, then the resize's own.
  uint32_t rowBytes() const { return (geometry.cropWidth * channels + 3u) & ~3u; }
  uint32_t scratch() const { return rowBytes() + resizeScratch(sizes()); }
};

// round(a * b / c), at least 1.
uint32_t portion(uint32_t a, uint32_t b, uint32_t c) {
  const uint32_t rounded = (2 * a * b + c) / (2 * c);
  return rounded == 0 ? 1 : rounded;
}

void place(uint32_t mode, uint32_t width, uint32_t height, Plan* plan) {
  ImageGeometry& g = plan->geometry;
  g.cropWidth = width;
  g.cropHeight = height;
  g.width = plan->width;
  g.height = plan->height;
  const uint32_t across = width * plan->height;
  const uint32_t down = height * plan->width;
  if (mode == kFitShortest && across > down) g.cropWidth = portion(height, plan->width, plan->height);
  if (mode == kFitShortest && across < down) g.cropHeight = portion(width, plan->height, plan->width);
  if (mode == kFitLongest && across > down) g.height = portion(height, plan->width, width);
  if (mode == kFitLongest && across < down) g.width = portion(width, plan->height, height);
  g.cropX = (width - g.cropWidth) / 2;
  g.cropY = (height - g.cropHeight) / 2;
  g.left = (plan->width - g.width) / 2;
  g.top = (plan->height - g.height) / 2;
}

Status makePlan(const float* params, uint32_t width, uint32_t height, Plan* plan) {
  uint32_t mode = 0;
  if (!wholeNumber(params[0], 1, kMaxOutputSide, &plan->width) ||
      !wholeNumber(params[1], 1, kMaxOutputSide, &plan->height) ||
      !wholeNumber(params[2], 1, 3, &plan->channels) || plan->channels == 2 ||
      !wholeNumber(params[3], kFitShortest, kSquash, &mode))
    return Status::kBadParameter;
  if (width == 0 || height == 0) return Status::kBadParameter;
  if (width > kMaxPictureSide || height > kMaxPictureSide || plan->values() > kMaxWindowValues)
    return Status::kTooLarge;
  place(mode, width, height, plan);
  return Status::kOk;
}

Status planOfWindow(const float* params, const Shape& shape, Plan* plan) {
  if (shape.width == 0 || shape.frames % shape.width != 0 || (shape.axes != 1 && shape.axes != 3))
    return Status::kBadParameter;
  return makePlan(params, shape.width, shape.frames / shape.width, plan);
}

Status planOfPicture(const Block& block, const Picture& picture, Plan* plan) {
  if (block.kind != kImage) return Status::kUnknownBlock;
  float params[kMaxParams];
  const Status status = readValues(block, params);
  if (status != Status::kOk) return status;
  if (pictureBytes(picture) == 0) return Status::kBadParameter;
  return makePlan(params, picture.width, picture.height, plan);
}

uint8_t grayOf(uint32_t red, uint32_t green, uint32_t blue) {
  return static_cast<uint8_t>((77u * red + 150u * green + 29u * blue + 128u) >> 8);
}

void store(uint32_t channels, uint8_t red, uint8_t green, uint8_t blue, uint8_t*& out) {
  if (channels == 1) {
    *out++ = grayOf(red, green, blue);
  } else {
    *out++ = red;
    *out++ = green;
    *out++ = blue;
  }
}

class PictureRows : public RowSource {
 public:
  PictureRows(const Picture& picture, const Plan& plan, uint8_t* row)
      : picture_(picture), plan_(plan), row_(row) {}

  const uint8_t* row(uint32_t y) override {
    const ImageGeometry& g = plan_.geometry;
    const size_t first = static_cast<size_t>(g.cropY + y) * picture_.width + g.cropX;
    if (picture_.format == kGray8) return grayRow(picture_.bytes + first);
    if (picture_.format == kRgb565) return packedRow(picture_.bytes + 2 * first);
    const uint8_t* in = picture_.bytes + 3 * first;
    if (plan_.channels == 3) return in;
    for (uint32_t x = 0; x < g.cropWidth; x++, in += 3) row_[x] = grayOf(in[0], in[1], in[2]);
    return row_;
  }

 private:
  const uint8_t* grayRow(const uint8_t* in) {
    if (plan_.channels == 1) return in;
    uint8_t* out = row_;
    for (uint32_t x = 0; x < plan_.geometry.cropWidth; x++, out += 3) out[0] = out[1] = out[2] = in[x];
    return row_;
  }

  const uint8_t* packedRow(const uint8_t* in) {
    uint8_t* out = row_;
    for (uint32_t x = 0; x < plan_.geometry.cropWidth; x++, in += 2) {
      const uint32_t pixel = in[0] | (static_cast<uint32_t>(in[1]) << 8);
      const uint32_t red = pixel >> 11;
      const uint32_t green = (pixel >> 5) & 63u;
      const uint32_t blue = pixel & 31u;
      store(plan_.channels, static_cast<uint8_t>((red << 3) | (red >> 2)),
            static_cast<uint8_t>((green << 2) | (green >> 4)),
            static_cast<uint8_t>((blue << 3) | (blue >> 2)), out);
    }
    return row_;
  }

  const Picture picture_;
  const Plan& plan_;
  uint8_t* const row_;
};

uint8_t byteOf(float value) {
  const int32_t rounded = math::roundAway(value);
  return static_cast<uint8_t>(rounded < 0 ? 0 : (rounded > 255 ? 255 : rounded));
}

class WindowRows : public RowSource {
 public:
  WindowRows(const float* window, const Shape& shape, const Plan& plan, uint8_t* row)
      : window_(window), shape_(shape), plan_(plan), row_(row) {}

  const uint8_t* row(uint32_t y) override {
    const ImageGeometry& g = plan_.geometry;
    const float* in = window_ + (static_cast<size_t>(g.cropY + y) * shape_.width + g.cropX) * shape_.axes;
    uint8_t* out = row_;
    for (uint32_t x = 0; x < g.cropWidth; x++, in += shape_.axes) {
      const uint8_t red = byteOf(in[0]);
      if (shape_.axes == 3) {
        store(plan_.channels, red, byteOf(in[1]), byteOf(in[2]), out);
      } else {
        for (uint32_t c = 0; c < plan_.channels; c++) *out++ = red;
      }
    }
    return row_;
  }

 private:
  const float* const window_;
  const Shape& shape_;
  const Plan& plan_;
  uint8_t* const row_;
};

float featureOf(uint8_t value) { return static_cast<float>(value) / 255.0f; }

class FeatureRows : public RowSink {
 public:
  FeatureRows(const Plan& plan, float* features) : plan_(plan), features_(features) {}
  void row(uint32_t y, const uint8_t* values) override {
    const ImageGeometry& g = plan_.geometry;
    float* const out = features_ + ((g.top + y) * plan_.width + g.left) * plan_.channels;
    for (uint32_t i = 0; i < g.width * plan_.channels; i++) out[i] = featureOf(values[i]);
  }

 private:
  const Plan& plan_;
  float* const features_;
};

int8_t inputOf(uint8_t value, const InputScale& input, uint32_t at) {
  float feature = featureOf(value);
  if (input.period != 0) normalise(&feature, 1, input.mean + at, input.inverseStd + at, 1);
  int8_t quantised = 0;
  quantise(&feature, 1, input.scale, input.zeroPoint, &quantised);
  return quantised;
}

// How many tables of 256 serve all pixels; 0 where every pixel has a normalisation of its own.
uint32_t tablesFor(const Plan& plan, const InputScale& input) {
  if (input.period <= 1) return 1;
  return input.period == plan.channels ? plan.channels : 0;
}

class InputRows : public RowSink {
 public:
  InputRows(const Plan& plan, const InputScale& input, int8_t* table, int8_t* out)
      : plan_(plan), input_(input), tables_(tablesFor(plan, input)), table_(table), out_(out) {
    for (uint32_t t = 0; t < tables_; t++) {
      for (uint32_t v = 0; v < 256; v++) table[256 * t + v] = inputOf(static_cast<uint8_t>(v), input, t);
    }
  }

  void row(uint32_t y, const uint8_t* values) override {
    const ImageGeometry& g = plan_.geometry;
    const uint32_t first = ((g.top + y) * plan_.width + g.left) * plan_.channels;
    put(first, g.width * plan_.channels, values);
  }

  // `n` inputs from number `first` on; values == nullptr: black.
  void put(uint32_t first, uint32_t n, const uint8_t* values) {
    uint32_t at = tables_ == 0 ? first % input_.period : first % tables_;
    const uint32_t period = tables_ == 0 ? input_.period : tables_;
    for (uint32_t i = 0; i < n; i++) {
      const uint8_t value = values == nullptr ? 0 : values[i];
      out_[first + i] = tables_ == 0 ? inputOf(value, input_, at) : table_[256 * at + value];
      at = at + 1 == period ? 0 : at + 1;
    }
  }

 private:
  const Plan& plan_;
  const InputScale& input_;
  const uint32_t tables_;
  const int8_t* const table_;
  int8_t* const out_;
};

bool fills(const Plan& plan) {
  return plan.geometry.width == plan.width && plan.geometry.height == plan.height;
}
}  // namespace

uint32_t pictureBytes(const Picture& picture) {
  if (picture.format > kRgb888) return 0;
  return static_cast<uint32_t>(picture.width) * picture.height * (picture.format + 1u);
}

Status imageGeometry(const Block& block, uint32_t width, uint32_t height, ImageGeometry* geometry) {
  if (block.kind != kImage) return Status::kUnknownBlock;
  float params[kMaxParams];
  Status status = readValues(block, params);
  Plan plan;
  if (status == Status::kOk) status = makePlan(params, width, height, &plan);
  if (status == Status::kOk) *geometry = plan.geometry;
  return status;
}

Status imageCount(const float* params, const Shape& shape, uint32_t* count) {
  Plan plan;
  const Status status = planOfWindow(params, shape, &plan);
  if (status == Status::kOk) *count = plan.values();
  return status;
}

Status imageScratch(const float* params, const Shape& shape, uint32_t* bytes) {
  Plan plan;
  const Status status = planOfWindow(params, shape, &plan);
  if (status == Status::kOk) *bytes = plan.scratch();
  return status;
}

void imageRun(const float* params, const Shape& shape, const float* window, float* features, void* scratch) {
  Plan plan;
  if (planOfWindow(params, shape, &plan) != Status::kOk) return;
  uint8_t* const row = static_cast<uint8_t*>(scratch);
  if (!fills(plan)) {
    for (uint32_t i = 0; i < plan.values(); i++) features[i] = 0.0f;
  }
  WindowRows source(window, shape, plan, row);
  FeatureRows sink(plan, features);
  resize(plan.sizes(), &source, &sink, row + plan.rowBytes());
}

Status imageFeaturesScratch(const Block& block, const Picture& picture, uint32_t* bytes) {
  *bytes = 0;
  Plan plan;
  const Status status = planOfPicture(block, picture, &plan);
  if (status == Status::kOk) *bytes = plan.scratch();
  return status;
}

Status imageFeatures(const Block& block, const Picture& picture, float* features, void* scratch,
                     uint32_t scratchBytes) {
  Plan plan;
  const Status status = planOfPicture(block, picture, &plan);
  if (status != Status::kOk) return status;
  if (scratchBytes < plan.scratch()) return Status::kScratchTooSmall;
  uint8_t* const row = static_cast<uint8_t*>(scratch);
  if (!fills(plan)) {
    for (uint32_t i = 0; i < plan.values(); i++) features[i] = 0.0f;
  }
  PictureRows source(picture, plan, row);
  FeatureRows sink(plan, features);
  resize(plan.sizes(), &source, &sink, row + plan.rowBytes());
  return Status::kOk;
}

Status imageInputScratch(const Block& block, const Picture& picture, const InputScale& input,
                         uint32_t* bytes) {
  *bytes = 0;
  Plan plan;
  const Status status = planOfPicture(block, picture, &plan);
  if (status != Status::kOk) return status;
  if (input.period != 0 && plan.values() % input.period != 0) return Status::kBadParameter;
  *bytes = plan.scratch() + 256 * tablesFor(plan, input);
  return Status::kOk;
}

Status imageInput(const Block& block, const Picture& picture, const InputScale& input, int8_t* out,
                  void* scratch, uint32_t scratchBytes) {
  uint32_t needed = 0;
  const Status status = imageInputScratch(block, picture, input, &needed);
  if (status != Status::kOk) return status;
  if (scratchBytes < needed) return Status::kScratchTooSmall;
  Plan plan;
  planOfPicture(block, picture, &plan);
  uint8_t* const row = static_cast<uint8_t*>(scratch);
  uint8_t* const rest = row + plan.rowBytes();
  InputRows sink(plan, input, reinterpret_cast<int8_t*>(rest + resizeScratch(plan.sizes())), out);
  if (!fills(plan)) sink.put(0, plan.values(), nullptr);
  PictureRows source(picture, plan, row);
  resize(plan.sizes(), &source, &sink, rest);
  return Status::kOk;
}

}  // namespace dsp
}  // namespace dormouse
