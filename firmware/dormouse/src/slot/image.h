/**
 * A model image as it lies in flash (firmware/MODEL_SLOT.md 1): where its sections are, and what its manifest
 * says. Everything is read in place from bytes that nobody has checked; every offset is.
 */
#ifndef DORMOUSE_SLOT_IMAGE_H
#define DORMOUSE_SLOT_IMAGE_H

#include <stdint.h>

#include "../dsp/dsp.h"
#include "../wire/cbor.h"

namespace dormouse {
namespace slot {

enum : uint32_t { kImageHeader = 48, kMaxAxes = 16, kMaxLabels = 127, kMaxSmoothing = 32 };

struct Section {
  const uint8_t* data;
  uint32_t bytes;
};

struct Image {
  uint32_t bytes;
  Section manifest;
  Section normalisation;
  Section tflite;
  Section golden;
};

/** nullptr, or one plain sentence that says what is wrong. `length` is how many bytes the image should have.
 */
const char* readImage(const uint8_t* bytes, uint32_t length, Image* image);
/** The same without the header's CRC, for an image whose CRC was found right before. */
const char* findSections(const uint8_t* bytes, uint32_t length, Image* image);

/** The image length in a header, or 0 if there is no header of ours that names a possible one (48 to `most`).
 */
uint32_t imageBytes(const uint8_t* header, uint32_t most);

struct Manifest {
  wire::Text name;
  wire::Text sensor;
  uint32_t labels;
  uint32_t axes;
  wire::Text axisNames[kMaxAxes];
  wire::Text axisUnits[kMaxAxes];
  uint32_t rateMilliHz;
  uint32_t window;
  uint32_t stride;
  dsp::Block block;
  uint32_t features;
  uint32_t threshold;
  uint32_t smoothing;
  uint32_t arena;

  dsp::Shape shape() const {
    const dsp::Shape shape = {window, static_cast<uint16_t>(axes), static_cast<float>(rateMilliHz) / 1000.0f,
                              0};
    return shape;
  }
};

/** nullptr, or one plain sentence that says what is wrong. */
const char* readManifest(Section section, Manifest* manifest);

/** One golden vector after the other; false when there are no more. */
class GoldenReader {
 public:
  struct Vector {
    Section window;  // 0 bytes = none; 4-aligned as it lies in the image
    Section input;
    Section output;
  };

  explicit GoldenReader(Section section);
  bool next(Vector* vector);
  uint32_t count() const { return count_; }
  /** True if the section was damaged, or had more in it than its vectors. */
  bool damaged() const { return damaged_; }

 private:
  bool piece(uint32_t bytes, Section* section);

  Section left_;
  uint32_t count_;
  uint32_t read_;
  bool damaged_;
};

}  // namespace slot
}  // namespace dormouse

#endif
