/**
 * From results to an answer: smoothing, thresholds, what is unusual, and what was said a moment ago
 * (PROTOCOL.md 5). `src/live/smoother.ts` is its twin, to the bit.
 *
 * Knows nothing of models, sensors or the wire.
 */
#ifndef DORMOUSE_DEVICE_JUDGE_H
#define DORMOUSE_DEVICE_JUDGE_H

#include <stdint.h>

#include "../slot/image.h"

namespace dormouse {
namespace device {

enum : int16_t { kNothing = -1, kUnusual = -2 };

class Judge {
 public:
  /** Bytes of its memory for so many scores a result. */
  static uint32_t memoryBytes(const slot::Manifest& manifest, uint32_t scores, bool anomaly);

  /** `memory`: memoryBytes(), 4-aligned. `scale`, `zeroPoint`: of the scores. */
  void begin(const slot::Manifest* manifest, uint32_t scores, bool anomaly, float scale, int32_t zeroPoint,
             void* memory);
  /** Forgets all results, as behind a gap. */
  void reset();
  /** The answer after one more result: a label, kNothing or kUnusual. `ratio`: score / threshold, where there
   * is an anomaly section. */
  int16_t add(const int8_t* scores, float ratio);

  /** The smallest score that reaches a label's threshold by itself; 128 = none does. */
  int16_t leastScore(uint32_t label) const;

 private:
  int16_t likeliest() const;
  bool unusual() const;
  int16_t suppressed(int16_t label);

  const slot::Manifest* manifest_;
  uint32_t scores_;
  bool anomaly_;
  float scale_;
  int32_t zeroPoint_;
  float* ratios_;
  uint16_t*
      quiet_;  // per label: results for which it is not reported again; only where anything is suppressed
  int8_t* history_;
  uint32_t results_;
  uint32_t at_;
};

}  // namespace device
}  // namespace dormouse

#endif
