// One place of a depthwise convolution on a Cortex-M0 or M0+: two channels at a time, their sums in
// registers.
#include "depthwise_forms.h"

#if defined(DORMOUSE_NN_ARM_SMALL)

namespace dormouse {
namespace nn {

namespace {
// Its offsets stand in the assembly.
struct RowWork {
  const int8_t* input;     // 0, of the first channel
  const int8_t* weights;   // 4
  uint32_t step;           // 8
  uint32_t filterStep;     // 12
  uint32_t rowStep;        // 16, from where a row ends to the next
  uint32_t filterRowStep;  // 20
  uint32_t columnBytes;    // 24, columns * step
  uint32_t rows;           // 28
  int32_t offset;          // 32
  uint32_t sums[2];        // 36
};

// r0 input, r1 weights, r2 = 1, r3 rows, r4-r7 values, r8 and r9 sums, r10 offset, r11 and r12 steps, lr the
// row's end.
__attribute__((naked, noinline)) void twoChannels(RowWork*) {
  asm volatile(
      ".syntax unified\n\t"
      "push {r0, r4-r7, lr}\n\t"
      "mov r4, r8\n\t"
      "mov r5, r9\n\t"
      "mov r6, r10\n\t"
      "mov r7, r11\n\t"
      "push {r4-r7}\n\t"
      "mov r7, r0\n\t"
      "ldr r4, [r7, #36]\n\t"
      "mov r8, r4\n\t"
      "ldr r4, [r7, #40]\n\t"
      "mov r9, r4\n\t"
      "ldr r4, [r7, #32]\n\t"
      "mov r10, r4\n\t"
      "ldr r4, [r7, #8]\n\t"
      "mov r11, r4\n\t"
      "ldr r4, [r7, #12]\n\t"
      "mov r12, r4\n\t"
      "ldr r3, [r7, #28]\n\t"
      "ldr r0, [r7]\n\t"
      "ldr r1, [r7, #4]\n\t"
      "movs r2, #1\n"
      "1:\n\t"
      "ldr r7, [sp, #16]\n\t"
      "ldr r4, [r7, #24]\n\t"
      "adds r4, r4, r0\n\t"
      "mov lr, r4\n\t"
      "movs r6, #0\n"
      "2:\n\t"
      "ldrsb r4, [r0, r6]\n\t"
      "ldrsb r5, [r1, r6]\n\t"
      "add r4, r10\n\t"
      "muls r5, r4\n\t"
      "add r8, r5\n\t"
      "ldrsb r4, [r0, r2]\n\t"
      "ldrsb r5, [r1, r2]\n\t"
      "add r4, r10\n\t"
      "muls r5, r4\n\t"
      "add r9, r5\n\t"
      "add r0, r11\n\t"
      "add r1, r12\n\t"
      "cmp r0, lr\n\t"
      "bne 2b\n\t"
      "ldr r4, [r7, #16]\n\t"
      "ldr r5, [r7, #20]\n\t"
      "adds r0, r0, r4\n\t"
      "adds r1, r1, r5\n\t"
      "subs r3, #1\n\t"
      "bne 1b\n\t"
      "mov r4, r8\n\t"
      "mov r5, r9\n\t"
      "str r4, [r7, #36]\n\t"
      "str r5, [r7, #40]\n\t"
      "pop {r4-r7}\n\t"
      "mov r8, r4\n\t"
      "mov r9, r5\n\t"
      "mov r10, r6\n\t"
      "mov r11, r7\n\t"
      "pop {r0, r4-r7, pc}\n");
}
}  // namespace

uint32_t placeForm(const DepthwiseParams& params, const DepthwisePlace& place, const int32_t* bias,
                   int8_t* output) {
  const Requantization& r = params.requantization;
  const uint32_t channels = params.window.outChannels & ~1u;
  RowWork work;
  work.input = place.input;
  work.weights = place.weights;
  work.step = place.step;
  work.filterStep = params.window.outChannels;
  work.columnBytes = place.columns * place.step;
  work.rowStep = place.rowStep - work.columnBytes;
  work.filterRowStep = place.filterRowStep - place.columns * work.filterStep;
  work.rows = place.rows;
  work.offset = params.inputOffset;
  for (uint32_t c = 0; c < channels; c += 2) {
    work.sums[0] = bias == nullptr ? 0u : static_cast<uint32_t>(bias[c]);
    work.sums[1] = bias == nullptr ? 0u : static_cast<uint32_t>(bias[c + 1]);
    twoChannels(&work);
    work.input += 2;
    work.weights += 2;
    output[c] = QuickChannel(r, c).requantize(work.sums[0]);
    output[c + 1] = QuickChannel(r, c + 1).requantize(work.sums[1]);
  }
  return channels;
}

}  // namespace nn
}  // namespace dormouse

#endif
