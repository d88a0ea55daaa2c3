// The whole test framework of the native tests: count, say where, go on; and a seeded generator.
#ifndef DORMOUSE_TEST_CHECK_H
#define DORMOUSE_TEST_CHECK_H

#include <stdint.h>
#include <stdio.h>

namespace check {

static int failures = 0;

inline void fail(const char* file, int line, const char* text) {
  failures++;
  if (failures <= 20) printf("%s:%d: %s\n", file, line, text);
}

inline int result() {
  printf("%s\n", failures == 0 ? "ok" : "FAILED");
  return failures == 0 ? 0 : 1;
}

class Random {  // xorshift32 (Marsaglia 2003)
 public:
  explicit Random(uint32_t seed) : state_(seed * 2654435761u | 1u) {}
  uint32_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_;
  }
  uint32_t below(uint32_t n) { return (next() >> 8) % n; }
  uint8_t byte() { return static_cast<uint8_t>(next() >> 13); }

 private:
  uint32_t state_;
};

}  // namespace check

#define CHECK(condition)                                           \
  do {                                                             \
    if (!(condition)) check::fail(__FILE__, __LINE__, #condition); \
  } while (0)

#endif
