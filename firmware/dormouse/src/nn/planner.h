// Where each tensor lies in the arena: greedy by size, as TensorFlow Lite Micro plans. The largest is placed
// first, each at the lowest offset at which it overlaps nothing that lives at the same time. Knows nothing of
// models.
#ifndef DORMOUSE_NN_PLANNER_H
#define DORMOUSE_NN_PLANNER_H

#include <stdint.h>

namespace dormouse {
namespace nn {

static const uint32_t kArenaAlignment = 16;

struct PlanItem {
  uint32_t bytes;   // 0 = takes no part
  uint32_t offset;  // the plan's answer
  uint16_t first;   // steps of the inference, both inclusive, in which the contents are needed
  uint16_t last;
  uint16_t next;  // the planner's own
};

static const uint16_t kNoItem = 0xFFFF;

// Fills in the offsets; returns the arena's size. `order` is working memory for `count` (< kNoItem) numbers.
uint64_t planArena(PlanItem* items, uint32_t count, uint16_t* order);

}  // namespace nn
}  // namespace dormouse

#endif
