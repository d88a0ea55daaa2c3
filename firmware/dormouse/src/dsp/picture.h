// Pictures as a camera gives them, and the image block's way from one to a model's int8 input: no float
// picture in between, memory for two rows. Knows nothing of cameras. The arithmetic is that of image.h.
#ifndef DORMOUSE_DSP_PICTURE_H
#define DORMOUSE_DSP_PICTURE_H

#include "dsp.h"

namespace dormouse {
namespace dsp {

// Numbers of the wire (PROTOCOL.md, PICTURE); kRgb888 is what decoded files hold, red first.
enum PixelFormat { kGray8 = 0, kRgb565 = 1, kRgb888 = 2 };

// RGB565 is little-endian, red in the highest 5 bits; to 8 bits by repeating the high bits. Rows follow each
// other without padding.
struct Picture {
  const uint8_t* bytes;
  uint16_t width;
  uint16_t height;
  uint8_t format;
};

static const uint32_t kMaxPictureSide =
    4096;  // 8-bit values times two axes' weights must stay within 32 bits

// Bytes of a picture; 0 for an unknown format.
uint32_t pictureBytes(const Picture& picture);

// Which part of a picture the image block takes, and where that part comes to lie in its output; in pixels.
struct ImageGeometry {
  uint32_t cropX, cropY, cropWidth, cropHeight;
  uint32_t left, top, width, height;
};
Status imageGeometry(const Block& block, uint32_t width, uint32_t height, ImageGeometry* geometry);

// As run() for the picture's pixels as a window (1 axis for gray, 3 for colour).
Status imageFeaturesScratch(const Block& block, const Picture& picture, uint32_t* bytes);
Status imageFeatures(const Block& block, const Picture& picture, float* features, void* scratch,
                     uint32_t scratchBytes);

// What stands between features and a model's input. period: as for normalise(), 0 for no normalisation.
struct InputScale {
  const float* mean;
  const float* inverseStd;
  uint32_t period;
  float scale;
  int32_t zeroPoint;
};

// To the bit what imageFeatures(), normalise() and quantise() give one after the other. Where one or
// `channels` normalisations serve all pixels (period 0, 1 or channels) every byte value is looked up, else
// computed.
Status imageInputScratch(const Block& block, const Picture& picture, const InputScale& input,
                         uint32_t* bytes);
Status imageInput(const Block& block, const Picture& picture, const InputScale& input, int8_t* out,
                  void* scratch, uint32_t scratchBytes);

}  // namespace dsp
}  // namespace dormouse

#endif
