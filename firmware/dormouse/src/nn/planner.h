// Where each tensor lies in the arena: one after the other at the lowest offset at which it overlaps nothing
// that lives at the same time, but that an operator's output may begin some bytes before its input, where the
// operator reads the one before it writes the other. Tried with the largest first and with the latest first;
// and, where somebody has planned before, around what lies where that plan says, once that is found sound.
// Knows nothing of models.
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
  uint16_t next;     // the planner's own
  uint16_t partner;  // the input that this may overlap if it dies when this is born; kNoItem: none
  uint32_t lead;     // by how many bytes this must then begin earlier
};

static const uint16_t kNoItem = 0xFFFF;

// Fills in the offsets; returns the arena's size, UINT64_MAX where it is beyond counting. `order` is working
// memory for `count` (< kNoItem) numbers.
uint64_t planArena(PlanItem* items, uint32_t count, uint16_t* order);

// In place of an offset: wherever the planner wants.
static const uint32_t kAnywhere = 0xFFFFFFFFu;
// The same where items have offsets to begin with, or kAnywhere. UINT64_MAX also where those offsets are
// misaligned, or let two items overlap that must not.
uint64_t planAround(PlanItem* items, uint32_t count, uint16_t* order);

// Tries other orders than planArena's, at random and always the same ones, and keeps the best; for computers.
// `order` and `best`: working memory for `count` numbers each.
uint64_t searchPlan(PlanItem* items, uint32_t count, uint16_t* order, uint16_t* best);

}  // namespace nn
}  // namespace dormouse

#endif
