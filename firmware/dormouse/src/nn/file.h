// Bounds-checked reading of a FlatBuffer in place. Every offset is checked against the file before it is
// followed; the first that leads outside marks the whole file as damaged, after which all reads give zeros.
// Knows nothing of what the tables mean.
#ifndef DORMOUSE_NN_FILE_H
#define DORMOUSE_NN_FILE_H

#include <stdint.h>

namespace dormouse {
namespace nn {

// A table in the file; position 0 = none (absent fields of it read as their defaults).
struct Table {
  uint32_t position;
  uint32_t vtable;
  uint16_t vtableBytes;
  uint16_t bytes;
};

// A vector's elements; position is that of element 0.
struct Vector {
  uint32_t position;
  uint32_t count;
};

class File {
 public:
  File() : bytes_(nullptr), length_(0), damaged_(false) {}
  File(const uint8_t* bytes, uint32_t length) : bytes_(bytes), length_(length), damaged_(false) {}

  bool damaged() const { return damaged_; }
  uint32_t length() const { return length_; }
  const uint8_t* at(uint32_t position) const { return bytes_ + position; }

  // Little-endian, from any alignment.
  uint8_t u8(uint32_t position);
  uint32_t u32(uint32_t position);
  int64_t i64(uint32_t position);
  float f32(uint32_t position);

  Table root();
  // The table that the offset at `position` leads to.
  Table tableAt(uint32_t position);

  // Fields by their number in the schema.
  uint8_t byteField(const Table& table, uint32_t field, uint8_t otherwise);
  int32_t intField(const Table& table, uint32_t field, int32_t otherwise);
  int64_t longField(const Table& table, uint32_t field, int64_t otherwise);
  float floatField(const Table& table, uint32_t field, float otherwise);
  Table tableField(const Table& table, uint32_t field);
  Vector vectorField(const Table& table, uint32_t field, uint32_t elementBytes);
  // Zero-terminated; "" where absent.
  const char* textField(const Table& table, uint32_t field);
  bool hasField(const Table& table, uint32_t field);

  int32_t intElement(const Vector& vector, uint32_t index);
  int64_t longElement(const Vector& vector, uint32_t index);
  float floatElement(const Vector& vector, uint32_t index);
  Table tableElement(const Vector& vector, uint32_t index);

 private:
  bool inside(uint32_t position, uint32_t bytes);
  // Where the field's value lies; 0 if absent.
  uint32_t fieldPosition(const Table& table, uint32_t field, uint32_t bytes);
  // Follows the offset at `position`; 0 if that leads outside.
  uint32_t follow(uint32_t position);

  const uint8_t* bytes_;
  uint32_t length_;
  bool damaged_;
};

}  // namespace nn
}  // namespace dormouse

#endif
