/** Checks an image's header and finds its sections and golden vectors. */
#include "image.h"

#include "../wire/bytes.h"
#include "../wire/crc32.h"

namespace dormouse {
namespace slot {

using wire::load16;
using wire::load32;

static const uint32_t kMagic = 0x554f4d44;  // "DMOU"
static const uint32_t kCrcAt = 44;

uint32_t imageBytes(const uint8_t* header, uint32_t most) {
  if (load32(header) != kMagic) return 0;
  const uint32_t bytes = load32(header + 8);
  return bytes >= kImageHeader && bytes <= most && bytes % 16 == 0 ? bytes : 0;
}

static bool section(const uint8_t* image, uint32_t length, uint32_t field, uint32_t align, bool mayLack,
                    Section* out) {
  const uint32_t offset = load32(image + field);
  const uint32_t bytes = load32(image + field + 4);
  out->data = image + offset;
  out->bytes = bytes;
  if (offset == 0) {
    out->data = nullptr;
    return mayLack && bytes == 0;
  }
  return offset >= kImageHeader && offset % align == 0 && offset <= length && bytes <= length - offset &&
         bytes > 0;
}

const char* readImage(const uint8_t* bytes, uint32_t length, Image* image) {
  const char* wrong = findSections(bytes, length, image);
  if (wrong) return wrong;
  const uint32_t crc = wire::crc32(bytes + kImageHeader, length - kImageHeader, wire::crc32(bytes, kCrcAt));
  return load32(bytes + kCrcAt) == crc ? nullptr : "The image is damaged: its CRC is wrong.";
}

const char* findSections(const uint8_t* bytes, uint32_t length, Image* image) {
  if (length < kImageHeader || load32(bytes) != kMagic) return "This is not a model image.";
  image->version = load16(bytes + 4);
  if (image->version < 1 || image->version > 2)
    return "The image has a format that this firmware does not know.";
  const bool second = image->version == 2;
  const uint32_t header = second ? kImageHeader2 : kImageHeader;
  if (load16(bytes + 6) != header || load32(bytes + 8) != length || length % 16 != 0 || length < header)
    return "The image's length is not what its header says.";
  image->bytes = length;
  image->anomaly.data = nullptr;
  image->anomaly.bytes = 0;
  if (!section(bytes, length, 12, 1, false, &image->manifest))
    return "The image's manifest lies outside of it.";
  if (!section(bytes, length, 20, 4, true, &image->normalisation) || image->normalisation.bytes % 8 != 0)
    return "The image's normalisation is not where it should be.";
  if (!section(bytes, length, 28, 16, second, &image->tflite)) return "The image's model lies outside of it.";
  if (!section(bytes, length, 36, 4, true, &image->golden))
    return "The image's golden vectors lie outside of it.";
  if (second && !section(bytes, length, 48, 4, true, &image->anomaly))
    return "The image's anomaly section lies outside of it.";
  return nullptr;
}

GoldenReader::GoldenReader(const Image& image)
    : left_(image.golden), version_(image.version), count_(0), read_(0), damaged_(false) {
  if (left_.bytes == 0) return;
  if (left_.bytes < 4) {
    damaged_ = true;
    return;
  }
  count_ = load32(left_.data);
  left_.data += 4;
  left_.bytes -= 4;
}

bool GoldenReader::piece(uint32_t bytes, Section* section) {
  if (bytes > left_.bytes) return false;
  section->data = left_.data;
  section->bytes = bytes;
  uint32_t padded = (bytes + 3) & ~3u;
  if (padded > left_.bytes || padded < bytes) padded = left_.bytes;
  left_.data += padded;
  left_.bytes -= padded;
  return true;
}

/** Version 1: window (may lack), input, output. */
bool GoldenReader::nextOfFirst(Vector* vector) {
  if (left_.bytes < 12) return false;
  const uint32_t window = load32(left_.data);
  const uint32_t input = load32(left_.data + 4);
  const uint32_t output = load32(left_.data + 8);
  left_.data += 12;
  left_.bytes -= 12;
  Section given;
  if (!piece(window, &vector->data) || !piece(input, &given) || !piece(output, &vector->output)) return false;
  vector->kind = window != 0 ? kWindow : kInput;
  if (window == 0) vector->data = given;
  vector->inputCrc = wire::crc32(given.data, given.bytes);
  vector->scoreBits = kNoScore;
  return true;
}

bool GoldenReader::nextOfSecond(Vector* vector) {
  if (left_.bytes < 20) return false;
  vector->kind = load32(left_.data);
  const uint32_t data = load32(left_.data + 4);
  vector->inputCrc = load32(left_.data + 8);
  const uint32_t output = load32(left_.data + 12);
  vector->scoreBits = load32(left_.data + 16);
  left_.data += 20;
  left_.bytes -= 20;
  return vector->kind <= kPicture && piece(data, &vector->data) && piece(output, &vector->output);
}

bool GoldenReader::next(Vector* vector) {
  if (damaged_) return false;
  if (read_ == count_) {
    damaged_ = left_.bytes != 0;
    return false;
  }
  damaged_ = !(version_ == 1 ? nextOfFirst(vector) : nextOfSecond(vector));
  if (damaged_) return false;
  read_++;
  return true;
}

}  // namespace slot
}  // namespace dormouse
