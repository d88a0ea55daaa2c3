/**
 * IMA ADPCM (the IMA Digital Audio Focus Group's recommendation of 1992): 16-bit sound in 4 bits a sample,
 * for lines that are slower than the microphone. Whole numbers only, so the same bits on every machine. Knows
 * no frames.
 */
#ifndef DORMOUSE_WIRE_ADPCM_H
#define DORMOUSE_WIRE_ADPCM_H

#include <stdint.h>

namespace dormouse {
namespace wire {

/** Where an encoder stands between two samples; a decoder that is told it goes on from there. */
struct AdpcmState {
  int16_t predictor;
  uint8_t index;  // of the step table, 0 to 88
};

/** Bytes of so many samples, two in each; the last is filled up with 0. */
inline uint32_t adpcmBytes(uint32_t samples) { return (samples + 1) / 2; }

/** Encodes samples from and into `state`; the first of a pair stands in the low half of its byte. */
void adpcmEncode(AdpcmState* state, const int16_t* samples, uint32_t count, uint8_t* bytes);

}  // namespace wire
}  // namespace dormouse

#endif
