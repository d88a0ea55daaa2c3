// Writes down calls of kernels as JSON, for programs that are generated for one model: which kernel, and what
// it was given. A call: {"kernel": name, "arguments": [...]}. An argument is a number, true or false, null,
// or
//   {"arena": offset, "type": "int8_t"}              tensors and scratch
//   {"file": offset, "type": "int8_t", "bytes": n}   constants in the model's file
//   {"struct": "ConvParams", "fields": [...]}        fields in their order; arrays are lists
//   {"values": [...], "type": "int32_t"}             an array that the loader computed
//   {"float": bits}
// Knows what record_fields.h tells it of the kernels' parameters. On boards there is none of it.
#ifndef DORMOUSE_NN_OPERATORS_RECORD_H
#define DORMOUSE_NN_OPERATORS_RECORD_H

#if defined(DORMOUSE_NN_RECORDS)

#include "../nn.h"

namespace dormouse {
namespace nn {

// `count` values, in place (Each) or behind a pointer (Behind).
template <typename T>
struct Each {
  const T* values;
  uint32_t count;
};
template <typename T>
struct Behind {
  const T* values;
  uint32_t count;
};

class Recorder {
 public:
  // Text that does not fit into `bytes` is counted only. The arena lies behind the model's bookkeeping.
  Recorder(const Model& model, const uint8_t* tflite, uint32_t length, const void* memory, char* text,
           uint32_t bytes);

  // Writes down where inputs and outputs lie, one inference, and what a reset fills:
  // {"inputs": [...], "outputs": [...], "calls": [...], "reset": [...]}. Returns the length of the text; 0
  // where an operator was given memory that is none of the model's.
  uint32_t record(Model* model);

  template <typename... Arguments>
  void call(const char* kernel, const Arguments&... arguments) {
    add(calls_++ == 0 ? "{\"kernel\":\"" : ",{\"kernel\":\"");
    add(kernel);
    add("\",\"arguments\":[");
    list(arguments...);
    add("]}");
  }

  template <typename... Fields>
  void structure(const char* name, const Fields&... fields) {
    add("{\"struct\":\"");
    add(name);
    add("\",\"fields\":[");
    list(fields...);
    add("]}");
  }

  void add(const char* text);
  void add(int64_t number);
  void address(const void* place, const char* type);

 private:
  template <typename First, typename... Rest>
  void list(const First& first, const Rest&... rest) {
    write(*this, first);
    const bool all[] = {true, (add(","), write(*this, rest), true)...};
    (void)all;
  }

  const Model& model_;
  const uint8_t* tflite_;
  uint32_t length_;
  const uint8_t* arena_;
  char* text_;
  uint32_t bytes_;
  uint32_t used_;
  uint32_t calls_;  // in the list that is being written
  bool lost_;
};

// What operators' calls go to now; nullptr: to the kernels.
Recorder*& recorder();

template <typename T>
void write(Recorder& r, const T* place) = delete;
inline void write(Recorder& r, bool value) { r.add(value ? "true" : "false"); }
inline void write(Recorder& r, int8_t value) { r.add(static_cast<int64_t>(value)); }
inline void write(Recorder& r, uint8_t value) { r.add(static_cast<int64_t>(value)); }
inline void write(Recorder& r, int16_t value) { r.add(static_cast<int64_t>(value)); }
inline void write(Recorder& r, uint16_t value) { r.add(static_cast<int64_t>(value)); }
inline void write(Recorder& r, int32_t value) { r.add(static_cast<int64_t>(value)); }
inline void write(Recorder& r, uint32_t value) { r.add(static_cast<int64_t>(value)); }
void write(Recorder& r, float value);
inline void write(Recorder& r, const int8_t* place) { r.address(place, "int8_t"); }
inline void write(Recorder& r, const uint8_t* place) { r.address(place, "uint8_t"); }
inline void write(Recorder& r, const int16_t* place) { r.address(place, "int16_t"); }
inline void write(Recorder& r, const int32_t* place) { r.address(place, "int32_t"); }
inline void write(Recorder& r, const int64_t* place) { r.address(place, "int64_t"); }
inline void write(Recorder& r, const float* place) { r.address(place, "float"); }

inline const char* typeOf(int8_t) { return "int8_t"; }
inline const char* typeOf(int16_t) { return "int16_t"; }
inline const char* typeOf(int32_t) { return "int32_t"; }

template <typename T>
void write(Recorder& r, const Each<T>& each) {
  r.add("[");
  for (uint32_t i = 0; i < each.count; i++) {
    if (i != 0) r.add(",");
    write(r, each.values[i]);
  }
  r.add("]");
}

template <typename T>
void write(Recorder& r, const Behind<T>& behind) {
  r.add("{\"values\":");
  const Each<T> each = {behind.values, behind.count};
  write(r, each);
  r.add(",\"type\":\"");
  r.add(typeOf(T()));
  r.add("\"}");
}

}  // namespace nn
}  // namespace dormouse

#endif
#endif
