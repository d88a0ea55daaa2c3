// Rows times rows on a Cortex-M0 or M0+, which multiplies 32 bits by 32 in one cycle but has eight registers
// for it: sums lie in the upper ones, and one load brings the inputs of four rows.
#include "gemm_forms.h"

#if defined(DORMOUSE_NN_ARM_SMALL)

namespace dormouse {
namespace nn {

namespace {
// A patch is int16 [depth][kLanes].

// sums[lane] += patch times one row of weights, which ends at `end` and begins `minusDepth` before.
__attribute__((naked, noinline)) void patchTimesRow(const void*, const int8_t*, int32_t, uint32_t*) {
  asm volatile(
      ".syntax unified\n\t"
      "push {r3-r7, lr}\n\t"
      "mov r4, r8\n\t"
      "mov r5, r9\n\t"
      "mov r6, r10\n\t"
      "mov r7, r11\n\t"
      "push {r4-r7}\n\t"
      "ldm r3!, {r4-r7}\n\t"
      "mov r8, r4\n\t"
      "mov r9, r5\n\t"
      "mov r10, r6\n\t"
      "mov r11, r7\n"
      "1:\n\t"
      "ldrsb r3, [r1, r2]\n\t"
      "ldm r0!, {r4, r6}\n\t"
      "sxth r5, r4\n\t"
      "asrs r4, r4, #16\n\t"
      "sxth r7, r6\n\t"
      "asrs r6, r6, #16\n\t"
      "muls r5, r3\n\t"
      "add r8, r5\n\t"
      "muls r4, r3\n\t"
      "add r9, r4\n\t"
      "muls r7, r3\n\t"
      "add r10, r7\n\t"
      "muls r6, r3\n\t"
      "add r11, r6\n\t"
      "adds r2, #1\n\t"
      "bne 1b\n\t"
      "mov r4, r8\n\t"
      "mov r5, r9\n\t"
      "mov r6, r10\n\t"
      "mov r7, r11\n\t"
      "ldr r3, [sp, #16]\n\t"
      "stm r3!, {r4-r7}\n\t"
      "pop {r4-r7}\n\t"
      "mov r8, r4\n\t"
      "mov r9, r5\n\t"
      "mov r10, r6\n\t"
      "mov r11, r7\n\t"
      "pop {r3-r7, pc}\n");
}

struct RowWork {
  const int8_t* ends[4];  // of rows of weights
  int32_t offset;
};

// sums = one row of input times four rows of weights; `end` is the input's.
__attribute__((naked, noinline)) void rowTimesFour(const int8_t*, const RowWork*, int32_t, uint32_t*) {
  asm volatile(
      ".syntax unified\n\t"
      "push {r3-r7, lr}\n\t"
      "mov r4, r8\n\t"
      "mov r5, r9\n\t"
      "mov r6, r10\n\t"
      "mov r7, r11\n\t"
      "push {r4-r7}\n\t"
      "ldr r3, [r1, #16]\n\t"
      "mov r12, r3\n\t"
      "movs r3, #0\n\t"
      "mov r8, r3\n\t"
      "mov r9, r3\n\t"
      "mov r10, r3\n\t"
      "mov r11, r3\n\t"
      "mov r5, r2\n\t"
      "mov r6, r1\n\t"
      "ldm r6!, {r1-r4}\n"
      "1:\n\t"
      "ldrsb r6, [r0, r5]\n\t"
      "add r6, r12\n\t"
      "ldrsb r7, [r1, r5]\n\t"
      "muls r7, r6\n\t"
      "add r8, r7\n\t"
      "ldrsb r7, [r2, r5]\n\t"
      "muls r7, r6\n\t"
      "add r9, r7\n\t"
      "ldrsb r7, [r3, r5]\n\t"
      "muls r7, r6\n\t"
      "add r10, r7\n\t"
      "ldrsb r7, [r4, r5]\n\t"
      "muls r7, r6\n\t"
      "add r11, r7\n\t"
      "adds r5, #1\n\t"
      "bne 1b\n\t"
      "mov r4, r8\n\t"
      "mov r5, r9\n\t"
      "mov r6, r10\n\t"
      "mov r7, r11\n\t"
      "ldr r3, [sp, #16]\n\t"
      "stm r3!, {r4-r7}\n\t"
      "pop {r4-r7}\n\t"
      "mov r8, r4\n\t"
      "mov r9, r5\n\t"
      "mov r10, r6\n\t"
      "mov r11, r7\n\t"
      "pop {r3-r7, pc}\n");
}
}  // namespace

void multiplyPatchForm(const Gemm& gemm, const void* patch, const int8_t* weights, const int32_t* bias,
                       uint32_t first, int8_t* output) {
  const Requantization& r = gemm.requantization;
  const int32_t minusDepth = -static_cast<int32_t>(gemm.depth);
  const uint32_t stride = gemm.outStride;
  for (uint32_t c = first; c < first + gemm.channels; c++, output++) {
    const uint32_t start = bias == nullptr ? 0u : static_cast<uint32_t>(bias[c]);
    uint32_t sums[kLanes] = {start, start, start, start};
    weights += gemm.depth;
    patchTimesRow(patch, weights, minusDepth, sums);
    if (r.quick) {
      const QuickChannel channel(r, c);
      output[0] = channel.requantize(sums[0]);
      output[stride] = channel.requantize(sums[1]);
      output[2 * stride] = channel.requantize(sums[2]);
      output[3 * stride] = channel.requantize(sums[3]);
    } else {
      for (uint32_t lane = 0; lane < kLanes; lane++) output[lane * stride] = requantize(sums[lane], r, c);
    }
  }
}

void dotRows(const Gemm& gemm, const int8_t* row, const int8_t* weights, uint32_t count, uint32_t* sums) {
  RowWork work;
  for (uint32_t i = 0; i < 4; i++) {
    // With fewer rows the same ones are multiplied again.
    if (i < count) weights += gemm.depth;
    work.ends[i] = weights;
  }
  work.offset = gemm.inputOffset;
  rowTimesFour(row + gemm.depth, &work, -static_cast<int32_t>(gemm.depth), sums);
}

}  // namespace nn
}  // namespace dormouse

#endif
