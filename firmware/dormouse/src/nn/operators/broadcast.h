// The shapes of operators with two inputs. Inside nn/operators only.
#ifndef DORMOUSE_NN_OPERATORS_BROADCAST_H
#define DORMOUSE_NN_OPERATORS_BROADCAST_H

#include "../kernels/broadcast.h"
#include "common.h"

namespace dormouse {
namespace nn {

// Checks two inputs and an output of one type (int8, or `wide`: int16) whose shapes go together, and lets the
// output lie over an input of its size.
bool makeBroadcast(Preparation& p, bool wide, Broadcast* broadcast);

}  // namespace nn
}  // namespace dormouse

#endif
