// Mean over some dimensions. Dimensions are given as two odometers: those kept, those averaged over.
#ifndef DORMOUSE_NN_KERNELS_MEAN_H
#define DORMOUSE_NN_KERNELS_MEAN_H

#include <stddef.h>
#include <stdint.h>

#include "../fixed_point.h"
#include "../rank.h"

namespace dormouse {
namespace nn {

struct Odometer {
  uint8_t rank;
  uint32_t dims[kMaxRank];
  uint32_t steps[kMaxRank];
};

struct MeanParams {
  Odometer kept;
  Odometer averaged;
  uint32_t outputs;
  uint32_t count;         // values behind each output
  Multiplier multiplier;  // input scale / output scale / count
  int16_t inputZeroPoint;
  int16_t outputZeroPoint;
};

void mean(const MeanParams& params, const int8_t* input, int8_t* output);
void mean16(const MeanParams& params, const int16_t* input, int16_t* output);
uint32_t meanScratchBytes(const MeanParams& params);

}  // namespace nn
}  // namespace dormouse

#endif
