/**
 * Sensor frames on their way from an interrupt (the producer) to the loop (the consumer), one of each,
 * without locks.
 *
 * Where the consumer is too slow, frames are dropped and counted, and the ring remembers where: a run of
 * frames that the consumer gets never spans a gap, and each frame has its index in the sensor's time, dropped
 * ones counted. Once it had to drop, the ring takes nothing more until it is empty, so that what is lost is
 * lost in one piece.
 *
 * Knows nothing of rates, axes' meanings or the wire.
 */
#ifndef DORMOUSE_CAPTURE_RING_H
#define DORMOUSE_CAPTURE_RING_H

#include <stdint.h>

namespace dormouse {
namespace capture {

class Ring {
 public:
  /** `frames` is a power of two; `memory` holds frames * axes values. */
  void begin(int16_t* memory, uint32_t frames, uint8_t axes);

  /** Forgets everything; only while nothing is pushed. */
  void clear();

  /**
   * Producer, may be an interrupt: adds frames, `microsOfLast` being the device's clock at the last of them.
   * Returns how many were kept (all or the first few); the others are counted as dropped.
   */
  uint32_t push(const int16_t* frames, uint32_t count, uint64_t microsOfLast);

  /**
   * Producer: the sensor lost so many frames before they could be pushed, behind those pushed so far; the
   * last of them at this clock. They are counted as dropped, and what follows them waits, as always, until
   * the ring is empty.
   */
  void lose(uint32_t count, uint64_t microsOfLast);

  /** Producer: how many frames would be kept now. */
  uint32_t room() const;

  /**
   * Consumer: the next frames, as many as lie in one piece of memory and of time; 0 if there are none.
   * `*index` is the first one's index since clear(), dropped ones counted.
   */
  uint32_t peek(const int16_t** frames, uint32_t* index);
  /** Consumer: gives back the first `count` of what peek() showed. */
  void take(uint32_t count);

  /** Consumer: frames that wait. */
  uint32_t waiting() const;
  /** Consumer: the index that the frame after the latest one will have. */
  uint32_t pushedIndex() const;
  /** Frames dropped since clear(). */
  uint32_t dropped() const;
  /** Consumer: the clock at the frame with this index, from the latest push and the time between frames. */
  uint64_t microsAt(uint32_t index, uint32_t rateMilliHz) const;

  uint8_t axes() const { return axes_; }
  uint32_t capacity() const { return mask_ + 1; }

 private:
  void setAnchor(uint32_t index, uint64_t micros);
  void drop(uint32_t count);

  struct Gap {
    uint32_t at;     // number of the kept frame before which it lies
    uint32_t count;  // frames dropped there
  };

  int16_t* memory_;
  uint32_t mask_;
  uint8_t axes_;

  uint32_t head_;  // kept frames pushed so far; written by the producer
  uint32_t tail_;  // kept frames taken so far; written by the consumer

  // At most two gaps can wait at once: after the first, the ring must have run empty and full again for a
  // second, and empty once more (so the first was passed) for a third.
  Gap gaps_[2];
  uint32_t gapsMade_;    // written by the producer
  uint32_t gapsPassed_;  // written by the consumer
  uint32_t skipped_;     // frames in the gaps that were passed; the consumer's own
  uint32_t dropped_;     // written by the producer
  bool dropping_;        // the producer's own

  // The clock at the latest frame. The producer makes `anchorTurn_` odd while it writes.
  uint32_t anchorTurn_;
  uint32_t anchorIndex_;
  uint32_t anchorLow_;
  uint32_t anchorHigh_;
};

}  // namespace capture
}  // namespace dormouse

#endif
