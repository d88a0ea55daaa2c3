/**
 * One picture as a camera gives it. Knows no camera, no wire and nothing of what is done with pixels.
 */
#ifndef DORMOUSE_CAPTURE_PICTURE_H
#define DORMOUSE_CAPTURE_PICTURE_H

#include <stdint.h>

namespace dormouse {
namespace capture {

/** Numbers of PROTOCOL.md 3 (PICTURE). RGB565 has red in the high bits and its low byte first. */
enum class PixelFormat : uint8_t { kGray8 = 0, kRgb565 = 1, kRgb888 = 2 };

/** Row by row from the top left, without padding. */
struct Picture {
  const uint8_t* bytes;
  uint16_t width;
  uint16_t height;
  PixelFormat format;
};

inline uint32_t bytesPerPixel(PixelFormat format) {
  return format == PixelFormat::kGray8 ? 1u : format == PixelFormat::kRgb565 ? 2u : 3u;
}

inline uint32_t pictureBytes(const Picture& picture) {
  return static_cast<uint32_t>(picture.width) * picture.height * bytesPerPixel(picture.format);
}

/** A picture and when it was taken. */
struct Shot {
  Picture picture;
  /** Since the camera started, those counted that nobody took. */
  uint32_t number;
  /** The device's clock. */
  uint64_t micros;
};

}  // namespace capture
}  // namespace dormouse

#endif
