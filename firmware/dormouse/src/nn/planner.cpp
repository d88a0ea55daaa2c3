#include "planner.h"

namespace dormouse {
namespace nn {

namespace {
uint32_t aligned(uint32_t bytes) { return (bytes + kArenaAlignment - 1) & ~(kArenaAlignment - 1); }

bool isLarger(const PlanItem& a, const PlanItem& b) {
  return a.bytes != b.bytes ? a.bytes > b.bytes : a.first > b.first;
}

bool isLater(const PlanItem& a, const PlanItem& b) {
  return a.first != b.first ? a.first > b.first : a.bytes > b.bytes;
}

// Shell sort over item numbers: in place, no recursion, and never slow on hostile input; ties keep a fixed
// order.
template <bool (*comesBefore)(const PlanItem&, const PlanItem&)>
void sort(const PlanItem* items, uint16_t* order, uint32_t count) {
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

// Whether `output` may begin `lead` bytes before `input`.
bool mayOverlap(const PlanItem* items, const PlanItem& output, const PlanItem& input) {
  return output.partner != kNoItem && &items[output.partner] == &input && input.last == output.first;
}

// Places items in this order; returns the arena's size.
class Placement {
 public:
  explicit Placement(PlanItem* items) : items_(items), lowest_(kNoItem), size_(0) {}

  bool place(uint16_t number) {
    PlanItem& item = items_[number];
    uint64_t offset = 0;
    // An overlap found on the way may be lost by moving on; at most one with an input and one with an output.
    while (!fits(item, &offset)) {
    }
    if (offset + item.bytes > 0x7FFFFFFFu) return false;
    item.offset = static_cast<uint32_t>(offset);
    add(number);
    return true;
  }

  // At the offset that it has.
  bool pin(uint16_t number) {
    const PlanItem& item = items_[number];
    uint64_t offset = item.offset;
    if ((offset & (kArenaAlignment - 1)) != 0 || offset + item.bytes > 0x7FFFFFFFu) return false;
    if (!fits(item, &offset) || offset != item.offset) return false;
    add(number);
    return true;
  }

  uint64_t size() const { return size_; }

 private:
  void add(uint16_t number) {
    PlanItem& item = items_[number];
    uint16_t* link = &lowest_;
    while (*link != kNoItem && items_[*link].offset <= item.offset) link = &items_[*link].next;
    item.next = *link;
    *link = number;
    const uint64_t end = static_cast<uint64_t>(item.offset) + aligned(item.bytes);
    if (end > size_) size_ = end;
  }

  // Moves the offset up past what is in the way; false where it must be looked at again.
  bool fits(const PlanItem& item, uint64_t* offset) const {
    uint64_t limit = UINT64_MAX;  // the highest offset that keeps an overlap with an input
    uint64_t beyond = 0;
    for (uint16_t at = lowest_; at != kNoItem; at = items_[at].next) {
      const PlanItem& placed = items_[at];
      if (placed.last < item.first || placed.first > item.last) continue;
      if (placed.offset >= *offset + item.bytes) break;
      uint64_t end = static_cast<uint64_t>(placed.offset) + aligned(placed.bytes);
      if (mayOverlap(items_, item, placed) && placed.offset >= *offset + item.lead) {
        limit = placed.offset - item.lead;
        beyond = end;
        continue;
      }
      if (mayOverlap(items_, placed, item) && placed.lead < placed.bytes)
        end = static_cast<uint64_t>(placed.offset) + aligned(placed.lead);
      if (end > *offset) *offset = end;
    }
    if (*offset <= limit || *offset >= beyond) return true;
    *offset = beyond;
    return false;
  }

  PlanItem* items_;
  uint16_t lowest_;  // the placed items, a list in the order of their offsets
  uint64_t size_;
};

uint64_t placeAll(PlanItem* items, const uint16_t* order, uint32_t count) {
  Placement placement(items);
  for (uint32_t i = 0; i < count; i++) {
    if (!placement.place(order[i])) return UINT64_MAX;
  }
  return placement.size();
}
}  // namespace

uint64_t planArena(PlanItem* items, uint32_t count, uint16_t* order) {
  uint32_t used = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (items[i].bytes != 0) order[used++] = static_cast<uint16_t>(i);
  }
  sort<isLater>(items, order, used);
  const uint64_t latestFirst = placeAll(items, order, used);
  sort<isLarger>(items, order, used);
  const uint64_t largestFirst = placeAll(items, order, used);
  if (largestFirst <= latestFirst) return largestFirst;
  sort<isLater>(items, order, used);
  return placeAll(items, order, used);
}

uint64_t planAround(PlanItem* items, uint32_t count, uint16_t* order) {
  uint32_t pinned = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (items[i].bytes != 0 && items[i].offset != kAnywhere) order[pinned++] = static_cast<uint16_t>(i);
  }
  uint32_t used = pinned;
  for (uint32_t i = 0; i < count; i++) {
    if (items[i].bytes != 0 && items[i].offset == kAnywhere) order[used++] = static_cast<uint16_t>(i);
  }
  sort<isLarger>(items, order + pinned, used - pinned);
  Placement placement(items);
  for (uint32_t i = 0; i < used; i++) {
    if (!(i < pinned ? placement.pin(order[i]) : placement.place(order[i]))) return UINT64_MAX;
  }
  return placement.size();
}

#if defined(DORMOUSE_HOST)
namespace {
// No plan takes less: what lives when an item is born, less what outputs may share with their inputs.
uint64_t leastBytes(const PlanItem* items, uint32_t count) {
  uint64_t least = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (items[i].bytes == 0) continue;
    const uint16_t step = items[i].first;
    uint64_t bytes = 0;
    for (uint32_t k = 0; k < count; k++) {
      const PlanItem& item = items[k];
      if (item.bytes == 0 || item.first > step || item.last < step) continue;
      bytes += item.bytes;
      if (item.partner == kNoItem || item.first != step || !mayOverlap(items, item, items[item.partner]))
        continue;
      const uint32_t shared = item.bytes > item.lead ? item.bytes - item.lead : 0;
      const uint32_t input = items[item.partner].bytes;
      bytes -= shared < input ? shared : input;
    }
    if (bytes > least) least = bytes;
  }
  return (least + kArenaAlignment - 1) & ~static_cast<uint64_t>(kArenaAlignment - 1);
}
}  // namespace

uint64_t searchPlan(PlanItem* items, uint32_t count, uint16_t* order, uint16_t* best) {
  uint64_t least = planArena(items, count, order);
  uint32_t used = 0;
  for (uint32_t i = 0; i < count; i++) used += items[i].bytes != 0;
  const uint64_t bound = leastBytes(items, count);
  if (least <= bound) return least;
  sort<isLarger>(items, order, used);
  __builtin_memcpy(best, order, used * sizeof *order);
  // A placement takes as much time as there are pairs.
  const uint64_t most = 100000000u / (static_cast<uint64_t>(used) * used + 1000);
  uint32_t random = 1;
  uint64_t size = UINT64_MAX;
  for (uint32_t turn = 0; turn < 4000 && turn < most && size > bound; turn++) {
    __builtin_memcpy(order, best, used * sizeof *order);
    // Up to three items come to be placed earlier or later.
    for (uint32_t moves = turn % 3 + (turn != 0); moves != 0; moves--) {
      random = random * 1664525u + 1013904223u;
      const uint32_t from = static_cast<uint32_t>((static_cast<uint64_t>(random) * used) >> 32);
      random = random * 1664525u + 1013904223u;
      const uint32_t to = static_cast<uint32_t>((static_cast<uint64_t>(random) * used) >> 32);
      const uint16_t moved = order[from];
      for (uint32_t i = from; i < to; i++) order[i] = order[i + 1];
      for (uint32_t i = from; i > to; i--) order[i] = order[i - 1];
      order[to] = moved;
    }
    const uint64_t found = placeAll(items, order, used);
    if (found > size) continue;
    size = found;
    __builtin_memcpy(best, order, used * sizeof *order);
  }
  // Nothing was found: as planArena has it.
  return size <= least ? placeAll(items, best, used) : planArena(items, count, order);
}
#endif

}  // namespace nn
}  // namespace dormouse
