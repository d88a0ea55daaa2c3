// What turns one frame of counts into one row of a sound block, and the rows of a window into its features.
// Keeps the tables of its block and the rows in memory of its caller. Inside the DSP folder only; the
// definitions are in sound.h.
#ifndef DORMOUSE_DSP_SOUND_FRONT_H
#define DORMOUSE_DSP_SOUND_FRONT_H

#include "mel.h"
#include "sound.h"

namespace dormouse {
namespace dsp {

class SoundFront {
 public:
  // Bytes of memory, rows of a whole window included.
  static uint32_t bytes(const SoundPlan& plan);
  // memory: 4-aligned, bytes(plan). Fills the tables.
  void begin(const SoundPlan& plan, void* memory);

  // counts: plan.used of them. at: which of the plan.rows places the row is kept in.
  void row(const int16_t* counts, uint32_t at);
  // The features of the window whose rows begin at place `first` and go round.
  void features(uint32_t first, float* out);

 private:
  // Logarithms of the powers at hand, plus `exponent`, both Q16.
  void spectrogramRow(uint16_t* row, int32_t exponent);
  void mfeRow(uint8_t* row, int32_t exponent);
  void mfccRow(int32_t* row, int32_t exponent);
  int32_t scaled(int32_t log) const;

  SoundPlan plan_;
  MelBank bank_;
  int32_t* work_;     // the frame and its spectrum; while a window is finished, two columns of it
  int32_t* quarter_;  // the FFT's factors
  int32_t* logs_;     // of the filters' energies
  int32_t* cosines_;  // of the DCT
  void* rows_;
  int32_t slope_;  // of the scale from the noise floor to full scale
  int32_t offset_;
};

}  // namespace dsp
}  // namespace dormouse

#endif
