#include "file.h"

namespace dormouse {
namespace nn {

namespace {
uint32_t load16(const uint8_t* p) { return p[0] | (static_cast<uint32_t>(p[1]) << 8); }

uint32_t load32(const uint8_t* p) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  // One instruction where the processor reads from any address.
  uint32_t word;
  __builtin_memcpy(&word, p, sizeof word);
  return word;
#else
  return load16(p) | (load16(p + 2) << 16);
#endif
}
}  // namespace

bool File::inside(uint32_t position, uint32_t bytes) {
  if (damaged_ || position > length_ || bytes > length_ - position) {
    damaged_ = true;
    return false;
  }
  return true;
}

uint8_t File::u8(uint32_t position) { return inside(position, 1) ? bytes_[position] : uint8_t(0); }

uint32_t File::u32(uint32_t position) { return inside(position, 4) ? load32(bytes_ + position) : 0; }

int64_t File::i64(uint32_t position) {
  if (!inside(position, 8)) return 0;
  return static_cast<int64_t>(static_cast<uint64_t>(u32(position)) |
                              (static_cast<uint64_t>(u32(position + 4)) << 32));
}

float File::f32(uint32_t position) {
  const uint32_t bits = u32(position);
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

uint32_t File::follow(uint32_t position) {
  if (!inside(position, 4)) return 0;
  const uint32_t offset = load32(bytes_ + position);
  // Whatever an offset leads to has at least four bytes.
  if (offset == 0 || offset > length_ - position || length_ - position - offset < 4) {
    damaged_ = true;
    return 0;
  }
  return position + offset;
}

Table File::root() { return tableAt(0); }

Table File::tableAt(uint32_t position) {
  Table table = {0, 0, 0, 0};
  const uint32_t at = follow(position);
  if (damaged_) return table;
  // The distance to the vtable is signed; both directions wrap as the format has it, and are checked below.
  const uint32_t vtable = at - load32(bytes_ + at);
  if (vtable > length_ || length_ - vtable < 4) {
    damaged_ = true;
    return table;
  }
  const uint32_t vtableBytes = load16(bytes_ + vtable);
  const uint32_t bytes = load16(bytes_ + vtable + 2);
  if (vtableBytes < 4 || bytes < 4 || vtableBytes > length_ - vtable || bytes > length_ - at) {
    damaged_ = true;
    return table;
  }
  table.position = at;
  table.vtable = vtable;
  table.vtableBytes = static_cast<uint16_t>(vtableBytes);
  table.bytes = static_cast<uint16_t>(bytes);
  return table;
}

// Tables lie inside of the file, whole; with them their fields.
uint32_t File::fieldPosition(const Table& table, uint32_t field, uint32_t bytes) {
  const uint32_t entry = 4 + 2 * field;
  if (entry + 2 > table.vtableBytes || damaged_) return 0;
  const uint32_t offset = load16(bytes_ + table.vtable + entry);
  if (offset == 0) return 0;
  if (offset < 4 || offset + bytes > table.bytes) {
    damaged_ = true;
    return 0;
  }
  return table.position + offset;
}

bool File::hasField(const Table& table, uint32_t field) { return fieldPosition(table, field, 1) != 0; }

uint8_t File::byteField(const Table& table, uint32_t field, uint8_t otherwise) {
  const uint32_t position = fieldPosition(table, field, 1);
  return position == 0 ? otherwise : bytes_[position];
}

int32_t File::intField(const Table& table, uint32_t field, int32_t otherwise) {
  const uint32_t position = fieldPosition(table, field, 4);
  return position == 0 ? otherwise : static_cast<int32_t>(load32(bytes_ + position));
}

int64_t File::longField(const Table& table, uint32_t field, int64_t otherwise) {
  const uint32_t position = fieldPosition(table, field, 8);
  return position == 0 ? otherwise : i64(position);
}

float File::floatField(const Table& table, uint32_t field, float otherwise) {
  const uint32_t position = fieldPosition(table, field, 4);
  return position == 0 ? otherwise : f32(position);
}

Table File::tableField(const Table& table, uint32_t field) {
  const Table none = {0, 0, 0, 0};
  const uint32_t position = fieldPosition(table, field, 4);
  return position == 0 ? none : tableAt(position);
}

Vector File::vectorField(const Table& table, uint32_t field, uint32_t elementBytes) {
  Vector vector = {0, 0};
  const uint32_t position = fieldPosition(table, field, 4);
  if (position == 0) return vector;
  const uint32_t at = follow(position);
  if (damaged_) return vector;
  const uint32_t count = load32(bytes_ + at);
  const uint32_t left = length_ - at - 4;
  if (static_cast<uint64_t>(count) * elementBytes > left) {
    damaged_ = true;
    return vector;
  }
  vector.position = at + 4;
  vector.count = count;
  return vector;
}

const char* File::textField(const Table& table, uint32_t field) {
  const Vector text = vectorField(table, field, 1);
  // A string's terminating zero is not counted in its length.
  if (text.position == 0 || u8(text.position + text.count) != 0 || damaged_) return "";
  return reinterpret_cast<const char*>(bytes_ + text.position);
}

int32_t File::intElement(const Vector& vector, uint32_t index) {
  return index < vector.count ? static_cast<int32_t>(load32(bytes_ + vector.position + 4 * index)) : 0;
}

int64_t File::longElement(const Vector& vector, uint32_t index) {
  return index < vector.count ? i64(vector.position + 8 * index) : 0;
}

float File::floatElement(const Vector& vector, uint32_t index) {
  return index < vector.count ? f32(vector.position + 4 * index) : 0.0f;
}

Table File::tableElement(const Vector& vector, uint32_t index) {
  const Table none = {0, 0, 0, 0};
  return index < vector.count ? tableAt(vector.position + 4 * index) : none;
}

}  // namespace nn
}  // namespace dormouse
