// How many dimensions a tensor may have.
#ifndef DORMOUSE_NN_RANK_H
#define DORMOUSE_NN_RANK_H

namespace dormouse {
namespace nn {

enum { kMaxRank = 6 };

}  // namespace nn
}  // namespace dormouse

#endif
