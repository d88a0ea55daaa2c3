#include "../math/exact.h"

#include "cepstrum.h"

#include "../math/math.h"
#include "whole.h"

namespace dormouse {
namespace dsp {

namespace {
const int32_t kNaturalQ31 = 1488522236;  // ln 2

// cos(pi / 2 * quarters / filters), Q31, for any whole number of quarters below 2^31.
int32_t cosineOf(uint32_t quarters, uint32_t filters) {
  uint32_t q = quarters % (4 * filters);
  if (q > 2 * filters) q = 4 * filters - q;
  return q > filters ? -cosineQ31(2 * filters - q, filters) : cosineQ31(q, filters);
}

// The nearest float, or one beside it, of a sum of squares.
float floatOf(uint64_t x) {
  int32_t exponent = 0;
  while ((x >> 24) != 0) {
    x = (x >> 1) | (x & 1u);
    exponent++;
  }
  // 24 bits are a float as they are; the scale is a power of two.
  return static_cast<float>(static_cast<uint32_t>(x)) *
         math::floatOf(static_cast<uint32_t>(exponent + 127) << 23);
}

// Sums over the rows around one row, mirrored at the window's ends, as the row moves on.
class Surroundings {
 public:
  Surroundings(const int32_t* column, uint32_t count, uint32_t window)
      : column_(column), count_(count), sum_(0), squares_(0) {
    const uint32_t around = window / 2;
    // `window` places from -around on; the period of the mirrored column is 2 * count.
    from_ = (2 * count - around % (2 * count)) % (2 * count);
    to_ = from_;
    for (uint32_t i = 0; i < window; i++) add(next(&to_));
  }
  void move() {
    remove(next(&from_));
    add(next(&to_));
  }
  int64_t sum() const { return sum_; }
  uint64_t squares() const { return squares_; }

 private:
  int32_t next(uint32_t* place) const {
    const uint32_t at = *place;
    *place = at + 1 == 2 * count_ ? 0 : at + 1;
    return column_[at < count_ ? at : 2 * count_ - 1 - at];
  }
  void add(int32_t x) {
    sum_ += x;
    squares_ += square(x);
  }
  void remove(int32_t x) {
    sum_ -= x;
    squares_ -= square(x);
  }

  const int32_t* column_;
  uint32_t count_;
  uint32_t from_;
  uint32_t to_;
  int64_t sum_;
  uint64_t squares_;
};
}  // namespace

void fillCosines(uint32_t coefficients, uint32_t filters, int32_t* cosines) {
  // sqrt(2 / filters) makes the transform orthonormal, ln 2 makes the logarithms natural.
  const float root = math::squareRoot(2.0f / static_cast<float>(filters));
  const int32_t size = math::roundAway(root * 0.693147182f * 1073741824.0f);
  for (uint32_t k = 1; k < coefficients; k++) {
    for (uint32_t n = 0; n < (filters + 1) / 2; n++)
      *cosines++ = productQ31(cosineOf(k * (2 * n + 1), filters), size) * 2;
  }
}

int32_t naturalQ14(int32_t log) { return (highProduct(log * 64, kNaturalQ31) + 64) >> 7; }

void cepstrum(uint32_t coefficients, uint32_t filters, const int32_t* cosines, int32_t* logs, int32_t* row) {
  // A cosine of even order is even about the middle, one of odd order odd: sums for the one, differences for
  // the other. Q22, so that the products' high halves are Q21.
  const uint32_t half = (filters + 1) / 2;
  for (uint32_t n = 0; n < filters / 2; n++) {
    const int32_t left = logs[n] * 64;
    const int32_t right = logs[filters - 1 - n] * 64;
    logs[n] = left + right;
    logs[filters - 1 - n] = left - right;
  }
  if ((filters & 1u) != 0) logs[half - 1] *= 64;
  for (uint32_t k = 1; k < coefficients; k++) {
    int32_t sum = 0;
    if ((k & 1u) == 0) {
      for (uint32_t n = 0; n < half; n++) sum += highProduct(logs[n], cosines[n]);
    } else {
      const int32_t* const last = logs + filters - 1;
      for (uint32_t n = 0; n < filters / 2; n++)
        sum += highProduct(last[-static_cast<int32_t>(n)], cosines[n]);
    }
    cosines += half;
    row[k] = (sum + 64) >> 7;
  }
}

void normaliseCepstra(const int32_t* rows, uint32_t count, uint32_t coefficients, uint32_t first,
                      uint32_t window, int32_t* work, float* out) {
  int32_t* const column = work;
  int32_t* const centred = work + count;
  const int64_t reciprocal = static_cast<int64_t>((1u << 31) / window);
  const float size = static_cast<float>(window);
  for (uint32_t k = 0; k < coefficients; k++) {
    for (uint32_t i = 0, from = first; i < count; i++) {
      column[i] = rows[from * coefficients + k];
      from = from + 1 == count ? 0 : from + 1;
    }
    Surroundings level(column, count, window);
    for (uint32_t i = 0; i < count; i++) {
      centred[i] = column[i] - static_cast<int32_t>((level.sum() * reciprocal + (1 << 30)) >> 31);
      level.move();
    }
    Surroundings spread(centred, count, window);
    for (uint32_t i = 0; i < count; i++) {
      // window^2 times the variance, Q28: sums of at most 501 numbers below 2^23.
      const uint64_t sum = static_cast<uint64_t>(spread.sum());
      const float root = math::squareRoot(floatOf(window * spread.squares() - sum * sum));
      const float least = size * 1024.0f;
      out[i * coefficients + k] = static_cast<float>(centred[i]) * size / (root > least ? root : least);
      spread.move();
    }
  }
}

}  // namespace dsp
}  // namespace dormouse
