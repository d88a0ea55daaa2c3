// Runs the models N.tflite of a folder on the rows of N.in, one after the other, and compares what they
// answer with N.out: see test/core/operators.py. Prints how many there were of each operator, and how many
// differ. Usage: nn_operators FOLDER
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <map>
#include <string>
#include <vector>

#include "nn/nn.h"

using namespace dormouse;

namespace {
typedef std::vector<uint8_t> Bytes;

bool readFile(const std::string& path, Bytes* bytes) {
  bytes->clear();
  FILE* const file = fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  uint8_t block[65536];
  size_t n = 0;
  while ((n = fread(block, 1, sizeof block, file)) != 0) bytes->insert(bytes->end(), block, block + n);
  fclose(file);
  return true;
}

// What the model answers to all rows; exits where it is refused.
Bytes answers(nn::Model* model, const Bytes& rows) {
  Bytes all;
  for (size_t at = 0; at < rows.size();) {
    for (uint32_t i = 0; i < model->inputs(); i++) {
      const nn::TensorView view = model->input(i);
      memcpy(view.data, rows.data() + at, view.bytes);
      at += view.bytes;
    }
    if (model->invoke() != nn::Status::kOk) exit(1);
    for (uint32_t i = 0; i < model->outputs(); i++) {
      const nn::TensorView view = model->output(i);
      const uint8_t* const bytes = static_cast<const uint8_t*>(view.data);
      all.insert(all.end(), bytes, bytes + view.bytes);
    }
  }
  return all;
}

struct Counts {
  Counts() : models(0), different(0) {}
  uint32_t models, different;
};
}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string folder = std::string(argv[1]) + "/";
  const uint32_t room = 1u << 22;
  void* const memory = aligned_alloc(16, room);
  std::map<std::string, Counts> seen;
  Bytes tflite, rows, wanted;
  for (uint32_t number = 0; readFile(folder + std::to_string(number) + ".tflite", &tflite); number++) {
    if (!readFile(folder + std::to_string(number) + ".in", &rows)) return 2;
    if (!readFile(folder + std::to_string(number) + ".out", &wanted)) return 2;
    uint8_t* const file = static_cast<uint8_t*>(aligned_alloc(16, (tflite.size() + 15) / 16 * 16));
    memcpy(file, tflite.data(), tflite.size());
    nn::Model model;
    if (model.load(file, static_cast<uint32_t>(tflite.size()), memory, room) != nn::Status::kOk) {
      fprintf(stderr, "model %u: %s\n", number, model.text());
      return 1;
    }
    Counts& counts = seen[model.operatorName(0)];
    counts.models++;
    if (answers(&model, rows) != wanted) counts.different++;
    free(file);
  }
  free(memory);
  for (const auto& each : seen)
    printf("%s %u %u\n", each.first.c_str(), each.second.models, each.second.different);
  return 0;
}
