#include "planner.h"

namespace dormouse {
namespace nn {

namespace {
uint32_t aligned(uint32_t bytes) { return (bytes + kArenaAlignment - 1) & ~(kArenaAlignment - 1); }

bool comesBefore(const PlanItem& a, const PlanItem& b) {
  return a.bytes != b.bytes ? a.bytes > b.bytes : a.first < b.first;
}

// Shell sort over item numbers: in place, no recursion, and never slow on hostile input; ties keep a fixed
// order.
void sortLargestFirst(const PlanItem* items, uint16_t* order, uint32_t count) {
  uint32_t gap = 1;
  while (gap < count / 3) gap = 3 * gap + 1;
  for (; gap != 0; gap /= 3) {
    for (uint32_t i = gap; i < count; i++) {
      const uint16_t moving = order[i];
      uint32_t at = i;
      while (at >= gap &&
             (comesBefore(items[moving], items[order[at - gap]]) ||
              (!comesBefore(items[order[at - gap]], items[moving]) && moving < order[at - gap]))) {
        order[at] = order[at - gap];
        at -= gap;
      }
      order[at] = moving;
    }
  }
}
}  // namespace

uint64_t planArena(PlanItem* items, uint32_t count, uint16_t* order) {
  uint32_t used = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (items[i].bytes != 0) order[used++] = static_cast<uint16_t>(i);
  }
  sortLargestFirst(items, order, used);
  uint64_t size = 0;
  uint16_t lowest = kNoItem;  // the placed items, a list in the order of their offsets
  for (uint32_t i = 0; i < used; i++) {
    PlanItem& item = items[order[i]];
    uint64_t offset = 0;
    for (uint16_t at = lowest; at != kNoItem; at = items[at].next) {
      const PlanItem& placed = items[at];
      if (placed.last < item.first || placed.first > item.last) continue;
      if (placed.offset >= offset + item.bytes) break;
      const uint64_t end = static_cast<uint64_t>(placed.offset) + aligned(placed.bytes);
      if (end > offset) offset = end;
    }
    if (offset + item.bytes > 0x7FFFFFFFu) return UINT64_MAX;
    item.offset = static_cast<uint32_t>(offset);
    uint16_t* link = &lowest;
    while (*link != kNoItem && items[*link].offset <= item.offset) link = &items[*link].next;
    item.next = *link;
    *link = order[i];
    if (offset + aligned(item.bytes) > size) size = offset + aligned(item.bytes);
  }
  return size;
}

}  // namespace nn
}  // namespace dormouse
