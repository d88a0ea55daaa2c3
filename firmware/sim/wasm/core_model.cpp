// What src/core/core.ts calls to run a .tflite: one model per WebAssembly instance, over memory from
// core_alloc().
#include "nn/nn.h"
#include "nn/operators/record.h"

using namespace dormouse;

namespace {
nn::Model model;
}

extern "C" {

// out[0] = arena bytes, out[1] = persistent bytes. Returns a nn::Status; core_model_required_text() says
// more.
__attribute__((export_name("core_model_required"))) int32_t core_model_required(const uint8_t* tflite,
                                                                                uint32_t length, void* work,
                                                                                uint32_t workBytes,
                                                                                uint32_t* out) {
  return static_cast<int32_t>(nn::Model::required(tflite, length, work, workBytes, &out[0], &out[1]));
}

__attribute__((export_name("core_model_work"))) uint32_t core_model_work(uint32_t length) {
  return nn::Model::workBytes(length);
}

__attribute__((export_name("core_model_required_text"))) const char* core_model_required_text(void) {
  return nn::Model::requiredText();
}

__attribute__((export_name("core_model_load"))) int32_t core_model_load(const uint8_t* tflite,
                                                                        uint32_t length, void* memory,
                                                                        uint32_t bytes) {
  return static_cast<int32_t>(model.load(tflite, length, memory, bytes));
}

// Offsets for the file's OfflineMemoryAllocation. Returns how many tensors there are, or a nn::Status.
__attribute__((export_name("core_model_plan"))) int32_t core_model_plan(const uint8_t* tflite,
                                                                        uint32_t length, void* work,
                                                                        uint32_t workBytes, int32_t* offsets,
                                                                        uint32_t most) {
  return nn::Model::plan(tflite, length, work, workBytes, offsets, most);
}

__attribute__((export_name("core_model_text"))) const char* core_model_text(void) { return model.text(); }

__attribute__((export_name("core_model_invoke"))) int32_t core_model_invoke(void) {
  return static_cast<int32_t>(model.invoke());
}

__attribute__((export_name("core_model_reset"))) void core_model_reset(void) { model.reset(); }

__attribute__((export_name("core_model_invoke_operator"))) int32_t core_model_invoke_operator(
    uint32_t index) {
  return static_cast<int32_t>(model.invokeOperator(index));
}

// Every call of a kernel that the loaded model makes (operators/record.h), as text of `bytes` at most;
// returns its length, 0 where it cannot be written down. `tflite` and `memory` as for core_model_load.
__attribute__((export_name("core_model_calls"))) uint32_t core_model_calls(const uint8_t* tflite,
                                                                           uint32_t length,
                                                                           const void* memory, char* text,
                                                                           uint32_t bytes) {
  nn::Recorder recorder(model, tflite, length, memory, text, bytes);
  return recorder.record(&model);
}

// what: 0 inputs, 1 outputs, 2 operators, 3 multiply-accumulates.
__attribute__((export_name("core_model_count"))) uint32_t core_model_count(uint32_t what) {
  switch (what) {
    case 0:
      return model.inputs();
    case 1:
      return model.outputs();
    case 2:
      return model.operators();
    default:
      return model.macs();
  }
}

// what: 0 input, 1 output, 2 first output of an operator. The view stays until the next call.
__attribute__((export_name("core_model_view"))) const nn::TensorView* core_model_view(uint32_t what,
                                                                                      uint32_t index) {
  static nn::TensorView view;
  view = what == 0 ? model.input(index) : (what == 1 ? model.output(index) : model.operatorOutput(index));
  return &view;
}

__attribute__((export_name("core_model_operator"))) const char* core_model_operator(uint32_t index) {
  return model.operatorName(index);
}
}
