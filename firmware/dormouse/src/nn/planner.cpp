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
    uint16_t* link = &lowest_;
    while (*link != kNoItem && items_[*link].offset <= item.offset) link = &items_[*link].next;
    item.next = *link;
    *link = number;
    if (offset + aligned(item.bytes) > size_) size_ = offset + aligned(item.bytes);
    return true;
  }

  uint64_t size() const { return size_; }

 private:
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

}  // namespace nn
}  // namespace dormouse
