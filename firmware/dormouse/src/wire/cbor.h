/**
 * The little CBOR (RFC 8949) that control payloads and manifests need: definite lengths, integers, texts,
 * byte strings, arrays, maps and float32. The reader meets hostile bytes: it never reads past its end, never
 * nests deeper than kMaxDepth, and once anything is wrong it stays wrong.
 */
#ifndef DORMOUSE_WIRE_CBOR_H
#define DORMOUSE_WIRE_CBOR_H

#include <stdint.h>

namespace dormouse {
namespace wire {

/** A text that lies in somebody else's memory; not ended by 0. */
struct Text {
  const char* data;
  uint32_t length;
};

Text textOf(const char* zeroEnded);
bool same(Text text, const char* literal);

class CborWriter {
 public:
  CborWriter(uint8_t* buffer, uint32_t capacity)
      : buffer_(buffer), capacity_(capacity), length_(0), ok_(true) {}

  void map(uint32_t pairs) { head(5, pairs); }
  void array(uint32_t items) { head(4, items); }
  void text(const char* zeroEnded) { text(textOf(zeroEnded)); }
  void text(Text value);
  void integer(int64_t value);
  void float32(float value);

  void pair(const char* key, int64_t value) {
    text(key);
    integer(value);
  }
  void pair(const char* key, const char* value) {
    text(key);
    text(value);
  }

  /** False once something did not fit; what was written is then worthless. */
  bool ok() const { return ok_; }
  uint32_t length() const { return length_; }

 private:
  void head(uint8_t major, uint64_t argument);
  void raw(const void* bytes, uint32_t count);

  uint8_t* buffer_;
  uint32_t capacity_;
  uint32_t length_;
  bool ok_;
};

class CborReader {
 public:
  enum { kMaxDepth = 6 };

  CborReader(const uint8_t* bytes, uint32_t length) : at_(bytes), end_(bytes + length), ok_(true) {}

  /** Each returns false, and leaves its result alone, if the next item is something else or is damaged. */
  bool map(uint32_t* pairs) { return container(5, pairs); }
  bool array(uint32_t* items) { return container(4, items); }
  bool text(Text* value);
  bool bytes(const uint8_t** data, uint32_t* length);
  /** An unsigned number of at most 32 bits. */
  bool uint32(uint32_t* value);
  /** One item with all that is in it. */
  bool skip(int depth = 0);

  bool ok() const { return ok_; }
  bool atEnd() const { return at_ == end_; }

 private:
  bool head(uint8_t* major, uint64_t* argument);
  bool container(uint8_t major, uint32_t* count);
  bool string(uint8_t major, const uint8_t** data, uint32_t* length);
  bool fail() {
    ok_ = false;
    return false;
  }

  const uint8_t* at_;
  const uint8_t* end_;
  bool ok_;
};

/** The number under a key of a request's map; false if the map is damaged or has no such number. */
bool findNumber(const uint8_t* bytes, uint32_t length, const char* key, uint32_t* value);

}  // namespace wire
}  // namespace dormouse

#endif
