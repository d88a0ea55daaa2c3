#include "resize.h"

namespace dormouse {
namespace dsp {

namespace {
// One axis in units that make all weights whole: an output pixel's weights add up to `total`. Smaller: a
// source pixel has `part` units. Larger: from one output pixel to the next it is `part` units of the `total`
// between two source pixels, beginning at `first` (negative before the first centre).
struct Axis {
  uint32_t from, to;
  bool larger;
  uint32_t part, total;
  int32_t first;
};

Axis axisOf(uint32_t from, uint32_t to) {
  uint32_t divisor = from;
  for (uint32_t rest = to; rest != 0;) {
    const uint32_t next = divisor % rest;
    divisor = rest;
    rest = next;
  }
  const uint32_t n = from / divisor;
  const uint32_t m = to / divisor;
  Axis axis = {from, to, from < to, m, n, 0};
  if (axis.larger) {
    axis.part = 2 * n;
    axis.total = 2 * m;
    axis.first = static_cast<int32_t>(n) - static_cast<int32_t>(m);
  }
  return axis;
}

// Walks over the output pixels of an axis that grows: between which two source pixels, and how near the
// second.
struct Walk {
  uint32_t index;
  int32_t offset;
  explicit Walk(const Axis& axis) : index(0), offset(axis.first) {}
  uint32_t weight(const Axis& axis) const {
    return offset < 0 || index + 1 >= axis.from ? 0u : static_cast<uint32_t>(offset);
  }
  void step(const Axis& axis) {
    offset += static_cast<int32_t>(axis.part);
    if (offset >= static_cast<int32_t>(axis.total)) {
      offset -= static_cast<int32_t>(axis.total);
      if (index + 1 < axis.from) index++;
    }
  }
};

template <uint32_t kChannels>
void shrinkRow(const Axis& axis, const uint8_t* in, uint32_t* sums) {
  uint32_t left = axis.part;
  for (uint32_t x = 0; x < axis.to; x++) {
    uint32_t sum[kChannels] = {};
    for (uint32_t need = axis.total; need != 0;) {
      const uint32_t take = left < need ? left : need;
      for (uint32_t c = 0; c < kChannels; c++) sum[c] += take * in[c];
      need -= take;
      left -= take;
      if (left == 0) {
        in += kChannels;
        left = axis.part;
      }
    }
    for (uint32_t c = 0; c < kChannels; c++) *sums++ = sum[c];
  }
}

template <uint32_t kChannels>
void enlargeRow(const Axis& axis, const uint8_t* in, uint32_t* sums) {
  Walk walk(axis);
  for (uint32_t x = 0; x < axis.to; x++, walk.step(axis)) {
    const uint8_t* const a = in + walk.index * kChannels;
    const uint32_t weight = walk.weight(axis);
    const uint8_t* const b = weight == 0 ? a : a + kChannels;
    for (uint32_t c = 0; c < kChannels; c++) *sums++ = (axis.total - weight) * a[c] + weight * b[c];
  }
}

struct Job {
  Axis across, down;
  uint32_t channels, values;  // values: of one output row
  RowSource* source;
  RowSink* sink;
  uint32_t* first;  // two rows of sums
  uint32_t* second;
  uint8_t* bytes;
};

void fetch(const Job& job, uint32_t y, uint32_t* sums) {
  const uint8_t* const row = job.source->row(y);
  if (job.channels == 1) {
    if (job.across.larger) {
      enlargeRow<1>(job.across, row, sums);
    } else {
      shrinkRow<1>(job.across, row, sums);
    }
  } else if (job.across.larger) {
    enlargeRow<3>(job.across, row, sums);
  } else {
    shrinkRow<3>(job.across, row, sums);
  }
}

void shrinkDown(const Job& job) {
  const uint32_t total = job.across.total * job.down.total;
  const uint32_t half = total / 2;
  uint32_t* const sums = job.second;
  for (uint32_t i = 0; i < job.values; i++) sums[i] = 0;
  uint32_t need = job.down.total;
  for (uint32_t y = 0, out = 0; y < job.down.from; y++) {
    fetch(job, y, job.first);
    for (uint32_t left = job.down.part; left != 0;) {
      const uint32_t take = left < need ? left : need;
      for (uint32_t i = 0; i < job.values; i++) sums[i] += take * job.first[i];
      left -= take;
      need -= take;
      if (need != 0) continue;
      for (uint32_t i = 0; i < job.values; i++) {
        job.bytes[i] = static_cast<uint8_t>((sums[i] + half) / total);
        sums[i] = 0;
      }
      job.sink->row(out++, job.bytes);
      need = job.down.total;
    }
  }
}

void enlargeDown(const Job& job) {
  const uint32_t total = job.across.total * job.down.total;
  const uint32_t half = total / 2;
  uint32_t* upper = job.first;
  uint32_t* lower = job.second;
  uint32_t have = 0;  // the source row in `lower`
  fetch(job, 0, lower);
  Walk walk(job.down);
  for (uint32_t y = 0; y < job.down.to; y++, walk.step(job.down)) {
    const uint32_t weight = walk.weight(job.down);
    const uint32_t wanted = weight == 0 ? walk.index : walk.index + 1;
    while (have < wanted) {
      uint32_t* const swap = upper;
      upper = lower;
      lower = swap;
      fetch(job, ++have, lower);
    }
    const uint32_t* const above = have == walk.index ? lower : upper;
    for (uint32_t i = 0; i < job.values; i++) {
      const uint32_t sum = (job.down.total - weight) * above[i] + weight * lower[i];
      job.bytes[i] = static_cast<uint8_t>((sum + half) / total);
    }
    job.sink->row(y, job.bytes);
  }
}
}  // namespace

uint32_t resizeScratch(const Sizes& sizes) {
  const uint32_t values = sizes.toWidth * sizes.channels;
  return 8 * values + ((values + 3u) & ~3u);
}

void resize(const Sizes& sizes, RowSource* source, RowSink* sink, void* scratch) {
  Job job;
  job.across = axisOf(sizes.fromWidth, sizes.toWidth);
  job.down = axisOf(sizes.fromHeight, sizes.toHeight);
  job.channels = sizes.channels;
  job.values = sizes.toWidth * sizes.channels;
  job.source = source;
  job.sink = sink;
  job.first = static_cast<uint32_t*>(scratch);
  job.second = job.first + job.values;
  job.bytes = reinterpret_cast<uint8_t*>(job.second + job.values);
  if (job.down.larger) {
    enlargeDown(job);
  } else {
    shrinkDown(job);
  }
}

}  // namespace dsp
}  // namespace dormouse
