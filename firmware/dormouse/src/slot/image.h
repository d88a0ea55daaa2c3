/**
 * A model image as it lies in flash (firmware/MODEL_SLOT.md 1): where its sections are, and what its manifest
 * says. Everything is read in place from bytes that nobody has checked; every offset is.
 */
#ifndef DORMOUSE_SLOT_IMAGE_H
#define DORMOUSE_SLOT_IMAGE_H

#include <stdint.h>

#include "../dsp/dsp.h"
#include "../wire/bytes.h"
#include "../wire/cbor.h"

namespace dormouse {
namespace slot {

enum : uint32_t {
  kImageHeader = 48,  // of version 1; the shortest
  kImageHeader2 = 64,
  kMaxAxes = 16,
  kMaxLabels = 127,
  kMaxSmoothing = 32,
  kMaxSuppress = 65535,
  kMaxWidth = 1u << 12,
};

/** What the model's output means (MODEL_SLOT.md 1). */
enum Head : uint32_t { kClasses = 0, kOneVsRest = 1, kObjects = 2, kNoModel = 3 };

struct Section {
  const uint8_t* data;
  uint32_t bytes;
};

struct Image {
  uint32_t version;
  uint32_t bytes;
  Section manifest;
  Section normalisation;
  Section tflite;  // 0 bytes: nothing but an anomaly section
  Section golden;
  Section anomaly;  // 0 bytes = none; 4-aligned
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
  // Optional ones, with what they are where they are missing.
  uint32_t width;             // 0: no picture
  uint32_t head;              // kClasses
  uint32_t suppress;          // 0
  const uint8_t* thresholds;  // nullptr; else `labels` uint16, unaligned

  /** 1/1000, of one label. */
  uint32_t thresholdOf(uint32_t label) const {
    return thresholds ? wire::load16(thresholds + 2 * label) : threshold;
  }

  dsp::Shape shape() const {
    const dsp::Shape shape = {window, static_cast<uint16_t>(axes), static_cast<float>(rateMilliHz) / 1000.0f,
                              width};
    return shape;
  }
};

/** nullptr, or one plain sentence that says what is wrong. */
const char* readManifest(Section section, Manifest* manifest);

/** One golden vector after the other; false when there are no more. */
class GoldenReader {
 public:
  /** Of `data`; the numbers of INFER_DATA's kinds (PROTOCOL.md 3). */
  enum Kind : uint32_t { kWindow = 0, kInput = 1, kSound = 2, kPicture = 3 };

  struct Vector {
    uint32_t kind;
    Section data;       // 4-aligned as it lies in the image
    uint32_t inputCrc;  // of the model's int8 input
    Section output;
    uint32_t scoreBits;  // float32 score / threshold of the anomaly section, kNoScore = not to be checked
  };
  enum : uint32_t { kNoScore = 0x7fc00000u };

  explicit GoldenReader(const Image& image);
  bool next(Vector* vector);
  uint32_t count() const { return count_; }
  /** True if the section was damaged, or had more in it than its vectors. */
  bool damaged() const { return damaged_; }

 private:
  bool piece(uint32_t bytes, Section* section);
  bool nextOfFirst(Vector* vector);
  bool nextOfSecond(Vector* vector);

  Section left_;
  uint32_t version_;
  uint32_t count_;
  uint32_t read_;
  bool damaged_;
};

}  // namespace slot
}  // namespace dormouse

#endif
