#if defined(DORMOUSE_NN_RECORDS)

#include "record.h"

namespace dormouse {
namespace nn {

Recorder*& recorder() {
  static Recorder* current = nullptr;
  return current;
}

Recorder::Recorder(const Model& model, const uint8_t* tflite, uint32_t length, const void* memory, char* text,
                   uint32_t bytes)
    : model_(model),
      tflite_(tflite),
      length_(length),
      arena_(static_cast<const uint8_t*>(memory) + model.persistentBytes()),
      text_(text),
      bytes_(bytes),
      used_(0),
      calls_(0),
      lost_(false) {}

uint32_t Recorder::record(Model* model) {
  add("{\"inputs\":[");
  for (uint32_t i = 0; i < model->inputs(); i++) {
    if (i != 0) add(",");
    address(model->input(i).data, "uint8_t");
  }
  add("],\"outputs\":[");
  for (uint32_t i = 0; i < model->outputs(); i++) {
    if (i != 0) add(",");
    address(model->output(i).data, "uint8_t");
  }
  recorder() = this;
  add("],\"calls\":[");
  model->invoke();
  add("],\"reset\":[");
  calls_ = 0;
  model->reset();
  add("]}");
  recorder() = nullptr;
  return lost_ ? 0 : used_;
}

void Recorder::add(const char* text) {
  for (; *text != 0; text++, used_++) {
    if (used_ < bytes_) text_[used_] = *text;
  }
}

void Recorder::add(int64_t number) {
  char digits[24];
  uint32_t at = sizeof digits;
  digits[--at] = 0;
  uint64_t left = number < 0 ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
  do {
    digits[--at] = static_cast<char>('0' + left % 10u);
    left /= 10u;
  } while (left != 0);
  if (number < 0) digits[--at] = '-';
  add(digits + at);
}

void write(Recorder& r, float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  r.add("{\"float\":");
  r.add(static_cast<int64_t>(bits));
  r.add("}");
}

void Recorder::address(const void* place, const char* type) {
  const uint8_t* const at = static_cast<const uint8_t*>(place);
  if (at == nullptr) {
    add("null");
    return;
  }
  const bool inFile = at >= tflite_ && at < tflite_ + length_;
  if (!inFile && (at < arena_ || at >= arena_ + model_.arenaBytes())) lost_ = true;
  add(inFile ? "{\"file\":" : "{\"arena\":");
  add(static_cast<int64_t>(at - (inFile ? tflite_ : arena_)));
  add(",\"type\":\"");
  add(type);
  add("\"");
  if (inFile) {
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < model_.tensors(); i++) {
      const TensorView tensor = model_.tensor(i);
      if (tensor.data == place && tensor.bytes > bytes) bytes = tensor.bytes;
    }
    add(",\"bytes\":");
    add(static_cast<int64_t>(bytes));
    if (bytes == 0) lost_ = true;
  }
  add("}");
}

}  // namespace nn
}  // namespace dormouse

#endif
