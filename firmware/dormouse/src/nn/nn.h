// The int8 engine: runs a .tflite in place, from flash, with the same outputs to the bit as TensorFlow Lite
// Micro's reference kernels. Knows nothing of sensors, features, slots or boards; allocates nothing: all RAM
// is handed to it. The file may be hostile: nothing outside of it is read, whatever its offsets say.
#ifndef DORMOUSE_NN_NN_H
#define DORMOUSE_NN_NN_H

#include <stddef.h>
#include <stdint.h>

#include "types.h"

namespace dormouse {
namespace nn {

enum class Status : int8_t {
  kOk = 0,
  kNotTflite = -1,    // another kind of file; text() says which where it can be recognised
  kDamaged = -2,      // a .tflite whose parts contradict each other or lie outside the file
  kUnsupported = -3,  // a sound .tflite that needs what this engine has not; text() names the operator
  kTooLarge = -4,     // more tensors, memory or arithmetic than any board has
  kOutOfMemory = -5,  // the memory handed in is too small
  kNotLoaded = -6,    // invoke() before a load() that went well
};

struct TensorView {
  void* data;
  uint32_t bytes;
  int8_t type;          // TensorType
  const int32_t* dims;  // `rank` of them, in the file
  int32_t rank;
  float scale;  // per-tensor quantization, 0 = none: value = scale * (q - zeroPoint)
  int32_t zeroPoint;
  const char* name;  // zero-terminated, in the file; never null
};

namespace internal {
struct Graph;
}

// What came of waking a model.
enum class Waking : uint8_t {
  kAwake,
  kNothing,   // nothing whole was kept, or it was of another file or place
  kOutdated,  // what was kept is whole, but another program kept it
};

class Model {
 public:
  constexpr Model() : graph_(nullptr), text_() {}

  // Reads the file's structure, plans the arena and prepares every operator. `tflite` must stay where it is
  // and be 16-aligned; `memory` is 16-aligned and belongs to the model until the next load(). On failure
  // text() says what is wrong and the model is empty.
  Status load(const uint8_t* tflite, uint32_t length, void* memory, uint32_t bytes);

  // Empties the model: the memory is its owner's again. load() and wake() begin with it.
  void unload() { graph_ = nullptr; }

  // Ready as after load() with the same first four parameters, in a small part of its time, from what was
  // kept of one: kHeadBytes made by snapshotHead(), and the first persistentBytes() of `memory` as load()
  // left them, of which `keptBytes` can be read at `bookkeeping`. Both 4-aligned. Anything may stand there:
  // it is taken only if it is whole, and was kept by this build of the program of this file at this place in
  // this memory. Whether the file's bytes are still the same is for the caller to know. If the model is not
  // awake it is empty, and load() is next.
  // `build`: whatever tells this program from others beside the engine's own code.
  enum : uint32_t { kHeadBytes = 32 };
  Waking wake(const uint8_t* tflite, uint32_t length, void* memory, uint32_t bytes, const uint8_t* head,
              const uint8_t* bookkeeping, uint32_t keptBytes, uint32_t build);
  // Of a model that is loaded.
  void snapshotHead(uint32_t build, uint8_t* head) const;
  const uint8_t* bookkeeping() const { return reinterpret_cast<const uint8_t*>(graph_); }

  // What load() will need: persistentBytes (bookkeeping) + arenaBytes (tensors and kernels' scratch), both
  // multiples of 16. `work` is 16-aligned memory that is free again afterwards; workBytes(length) is always
  // enough for it.
  static Status required(const uint8_t* tflite, uint32_t length, void* work, uint32_t workBytes,
                         uint32_t* arenaBytes, uint32_t* persistentBytes);
  static uint32_t workBytes(uint32_t length);
#if defined(DORMOUSE_HOST)
  // Looks longer than a board would for a plan of the arena, to be written into the file (see the loader's
  // givenPlan): an offset for each of its tensors, -1 for those without a place. Returns a Status in place of
  // how many there are where the file cannot be loaded; writes at most `most`.
  static int32_t plan(const uint8_t* tflite, uint32_t length, void* work, uint32_t workBytes,
                      int32_t* offsets, uint32_t most);
#endif

  uint32_t inputs() const;
  TensorView input(uint32_t index) const;
  uint32_t outputs() const;
  TensorView output(uint32_t index) const;

  // Every tensor of the graph, by its number in the file.
  uint32_t tensors() const;
  TensorView tensor(uint32_t index) const;

  // Operators in the order of execution, named as in the .tflite schema.
  uint32_t operators() const;
  const char* operatorName(uint32_t index) const;
  // First output tensor of an operator: its contents are whole right after that operator ran.
  TensorView operatorOutput(uint32_t index) const;

  // One inference. Inputs must be filled before each: their memory is used again for what is computed.
  Status invoke();
  // Forgets what was kept from earlier inferences (SVDF, LSTM), as load() does. Others keep nothing.
  void reset();
  // One operator of it; operators 0 to n-1 in order make one inference. For tests and per-layer timing.
  Status invokeOperator(uint32_t index);

  uint32_t arenaBytes() const;
  uint32_t persistentBytes() const;
  // Multiplications with weights in one inference; saturates.
  uint32_t macs() const;

  // One plain sentence for the last Status that was not kOk. Lives as long as the model; the static
  // required() leaves its sentence in requiredText().
  const char* text() const;
  static const char* requiredText();

 private:
  Model(const Model&);
  Model& operator=(const Model&);

  internal::Graph* graph_;
  char text_[160];
};

}  // namespace nn
}  // namespace dormouse

#endif
