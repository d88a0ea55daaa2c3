// A long short-term memory over a sequence: int8 or int16 values in and out, int16 cells, in TFLite's fixed
// point.
#ifndef DORMOUSE_NN_KERNELS_LSTM_H
#define DORMOUSE_NN_KERNELS_LSTM_H

#include "../fixed_point.h"

namespace dormouse {
namespace nn {

struct LstmGate {
  const int8_t* inputWeights;   // [units][depth]
  const int8_t* hiddenWeights;  // [units][units]
  const int32_t* bias;          // [units]; of int16 values int64, low word first
  Multiplier input;             // to Q3.12
  Multiplier hidden;
};

enum { kForgetGate = 0, kInputGate = 1, kCellGate = 2, kOutputGate = 3, kLstmGates = 4 };

struct LstmParams {
  LstmGate gates[kLstmGates];
  uint32_t batches;
  uint32_t steps;
  uint32_t depth;
  uint32_t units;
  bool timeMajor;       // [steps][batches][...] instead of [batches][steps][...]
  int16_t inputOffset;  // minus the zero points
  int16_t hiddenOffset;
  int16_t hiddenZeroPoint;
  int16_t clip;      // cells lie in [-clip, clip]; 0: not cut off
  int8_t cellShift;  // cell = stored * 2^(cellShift - 12)
  Multiplier forgetTimesCell;
  Multiplier inputTimesCell;
  Multiplier outputTimesCell;
};

// hidden: [batches][units] int8, cells: the same in int16, both kept from step to step. scratch:
// lstmScratchBytes.
void lstm(const LstmParams& params, const int8_t* input, int8_t* hidden, int16_t* cells, int8_t* output,
          void* scratch);
// hidden in int16, no zero points.
void lstm16(const LstmParams& params, const int16_t* input, int16_t* hidden, int16_t* cells, int16_t* output,
            void* scratch);
uint32_t lstmScratchBytes(const LstmParams& params);

}  // namespace nn
}  // namespace dormouse

#endif
