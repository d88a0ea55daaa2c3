#include "../math/exact.h"

#include "sound_front.h"

#include "../math/math.h"
#include "cepstrum.h"
#include "whole.h"
#include "whole_fft.h"

namespace dormouse {
namespace dsp {

namespace {
// Where each table lies in the memory, in bytes; the last is its end.
struct Places {
  uint32_t quarter;
  uint32_t corners;
  uint32_t reciprocals;
  uint32_t logs;
  uint32_t cosines;
  uint32_t rows;
  uint32_t end;
};

uint32_t in4(uint32_t bytes) { return (bytes + 3u) & ~3u; }

uint32_t featureBytes(const SoundPlan& plan) {
  return plan.kind == kMfcc ? 4u : (plan.kind == kMfe ? 1u : 2u);
}

Places placesOf(const SoundPlan& plan) {
  Places places;
  const uint32_t fft = plan.fft;
  const uint32_t filters = plan.filters;
  const uint32_t columns = plan.normal != 0 ? 2u * plan.rows : 0u;
  places.quarter = (fft + 2 > columns ? fft + 2 : columns) * 4;
  places.corners = places.quarter + (fft / 4 + 1) * 4;
  places.reciprocals = places.corners + (filters == 0 ? 0 : in4((filters + 2) * 2));
  places.logs = places.reciprocals + (filters == 0 ? 0 : (filters + 1) * 4);
  places.cosines = places.logs + filters * 4;
  places.rows = places.cosines + (plan.kind == kMfcc ? cosineCount(plan.bins, filters) * 4 : 0);
  places.end = places.rows + in4(static_cast<uint32_t>(plan.rows) * plan.bins * featureBytes(plan));
  return places;
}

uint32_t logarithmOfLength(uint32_t fft) {
  uint32_t bits = 0;
  while ((1u << bits) < fft) bits++;
  return bits;
}

// y = x - c * x before, Q15, into the FFT's order. Returns the bits that occur in any magnitude.
uint32_t loadFrame(const SoundPlan& plan, const int16_t* counts, int32_t* work) {
  const uint32_t used = plan.used;
  const uint32_t shift = plan.shift;
  const int32_t c = plan.emphasis;
  PairOrder order(plan.fft);
  uint32_t bits = 0;
  for (uint32_t i = 0; i < plan.fft; i += 2) {
    int32_t* const pair = work + 2 * order.next();
    for (uint32_t j = i; j < i + 2; j++) {
      int32_t y = 0;
      if (j < used) y = counts[j] * 32768 - c * counts[j < shift ? 0 : j - shift];
      bits |= static_cast<uint32_t>(y ^ (y >> 31));
      pair[j - i] = y;
    }
  }
  return bits;
}
}  // namespace

uint32_t SoundFront::bytes(const SoundPlan& plan) { return placesOf(plan).end; }

void SoundFront::begin(const SoundPlan& plan, void* memory) {
  plan_ = plan;
  const Places places = placesOf(plan);
  uint8_t* const base = static_cast<uint8_t*>(memory);
  work_ = reinterpret_cast<int32_t*>(base);
  quarter_ = reinterpret_cast<int32_t*>(base + places.quarter);
  logs_ = reinterpret_cast<int32_t*>(base + places.logs);
  cosines_ = reinterpret_cast<int32_t*>(base + places.cosines);
  rows_ = base + places.rows;
  bank_.filters = plan.filters;
  bank_.corners = reinterpret_cast<uint16_t*>(base + places.corners);
  bank_.reciprocals = reinterpret_cast<uint32_t*>(base + places.reciprocals);
  fillQuarterWaveQ31(plan.fft, quarter_);
  if (plan.filters != 0) {
    melCorners(plan.filters, plan.fft, plan.lowHz, plan.highHz, plan.rateHz, bank_.corners);
    melReciprocals(&bank_);
  }
  if (plan.kind == kMfcc) fillCosines(plan.bins, plan.filters, cosines_);
  // (10 log10(2) * (log2 - 30) - floor) / (12 - floor), as slope * log2 + offset.
  const float perDb = 1.0f / (12.0f - plan.floorDb);
  slope_ = math::roundAway(3.01029996f * perDb * 16777216.0f);
  offset_ = math::roundAway((-90.3089987f - plan.floorDb) * perDb * 65536.0f);
}

// From a logarithm of a power in counts to the place between the noise floor (0) and 12 dB (1), both Q16.
int32_t SoundFront::scaled(int32_t log) const {
  if (log < kLogOfZero) return 0;
  const int32_t place = highProduct(log * 256, slope_) + offset_;
  return place < 0 ? 0 : place;
}

void SoundFront::row(const int16_t* counts, uint32_t at) {
  uint32_t bits = loadFrame(plan_, counts, work_);
  int32_t shift = 27;
  for (; bits != 0; bits >>= 1) shift--;
  // Now every magnitude times 2^shift is below 2^27 .. 2^28.
  shift++;
  const uint32_t length = logarithmOfLength(plan_.fft);
  const uint32_t drop = length - 4;
  powersQ(plan_.fft, quarter_, shift, drop, work_);
  // What to add to the logarithm of a power as it stands there to have that of |X|^2 / fft-length in counts.
  const int32_t exponent = static_cast<int32_t>(drop + length) - 2 * (15 + shift + 2);
  if (plan_.kind == kSpectrogram) {
    spectrogramRow(static_cast<uint16_t*>(rows_) + at * plan_.bins, exponent * 65536);
  } else {
    melLogs(bank_, work_, logs_);
    if (plan_.kind == kMfe) {
      mfeRow(static_cast<uint8_t*>(rows_) + at * plan_.bins, exponent * 65536);
    } else {
      mfccRow(static_cast<int32_t*>(rows_) + at * plan_.bins, exponent * 65536);
    }
  }
}

void SoundFront::spectrogramRow(uint16_t* row, int32_t exponent) {
  for (uint32_t bin = 0; bin < plan_.bins; bin++) {
    const int32_t place = scaled(logOf(powerAt(work_, bin)) + exponent);
    row[bin] = static_cast<uint16_t>((place + 2) >> 2);
  }
}

void SoundFront::mfeRow(uint8_t* row, int32_t exponent) {
  for (uint32_t bin = 0; bin < plan_.bins; bin++) {
    const int32_t step = (scaled(logs_[bin] + exponent) + 128) >> 8;
    row[bin] = static_cast<uint8_t>(step > 255 ? 255 : step);
  }
}

void SoundFront::mfccRow(int32_t* row, int32_t exponent) {
  const int32_t least = -8 * 65536;
  for (uint32_t i = 0; i < plan_.filters; i++) {
    const int32_t log = logs_[i] + exponent;
    logs_[i] = log < least ? least : log;
  }
  uint64_t energy = 0;
  for (uint32_t bin = 0; bin <= plan_.fft / 2u; bin++) energy += powerAt(work_, bin);
  const int32_t log = logOf(energy) + exponent;
  cepstrum(plan_.bins, plan_.filters, cosines_, logs_, row);
  row[0] = naturalQ14(log < least ? least : log);
}

void SoundFront::features(uint32_t first, float* out) {
  const uint32_t count = static_cast<uint32_t>(plan_.rows) * plan_.bins;
  if (plan_.kind == kMfcc && plan_.normal != 0) {
    normaliseCepstra(static_cast<const int32_t*>(rows_), plan_.rows, plan_.bins, first, plan_.normal, work_,
                     out);
    return;
  }
  uint32_t from = first * plan_.bins;
  for (uint32_t i = 0; i < count; i++) {
    if (plan_.kind == kMfcc) {
      out[i] = static_cast<float>(static_cast<const int32_t*>(rows_)[from]) * (1.0f / 16384.0f);
    } else if (plan_.kind == kMfe) {
      out[i] = static_cast<float>(static_cast<const uint8_t*>(rows_)[from]) * (1.0f / 256.0f);
    } else {
      out[i] = static_cast<float>(static_cast<const uint16_t*>(rows_)[from]) * (1.0f / 16384.0f);
    }
    if (++from == count) from = 0;
  }
}

}  // namespace dsp
}  // namespace dormouse
