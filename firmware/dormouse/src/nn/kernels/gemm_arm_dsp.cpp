// Rows times rows on a Cortex-M4, M7 or M33: two multiplications an instruction (SMLAD). Words of four int8
// values are spread to pairs of int16 with SXTB16, which takes bytes 0 and 2, or rotated 1 and 3; inputs and
// weights are spread alike, so that nothing has to be put back into order.
#include "gemm_forms.h"

#if defined(DORMOUSE_NN_ARM_DSP)

namespace dormouse {
namespace nn {

namespace {
// A patch holds for each four values of the rows eight words: values 0 and 2 of lane 0, of lane 1, ..., then
// values 1 and 3.
inline uint32_t spread(uint32_t offsets, uint32_t word) {
  uint32_t result;
  asm("sxtab16 %0, %1, %2" : "=r"(result) : "r"(offsets), "r"(word));
  return result;
}

inline uint32_t spreadRotated(uint32_t offsets, uint32_t word) {
  uint32_t result;
  asm("sxtab16 %0, %1, %2, ror #8" : "=r"(result) : "r"(offsets), "r"(word));
  return result;
}

uint32_t twice(int16_t value) { return static_cast<uint16_t>(value) * 0x10001u; }

uint32_t loadWord(const int8_t* from) {
  uint32_t word;
  __builtin_memcpy(&word, from, 4);
  return word;
}

// What patchTimesRows works through; it counts the fields up as it goes. Its offsets stand in the assembly.
struct PatchWork {
  const int8_t* weights;       // 0
  const void* patch;           // 4
  const int32_t* bias;         // 8
  uint32_t biasStep;           // 12
  const int32_t* multipliers;  // 16
  const int8_t* rights;        // 20
  int8_t* output;              // 24
  uint32_t outStride;          // 28
  uint32_t channels;           // 32
  const void* patchEnd;        // 36, of the whole fours
  uint32_t rest;               // 40, values beyond them
  uint32_t restShift;          // 44, bits of a word that are not theirs
  int32_t offset;              // 48, twice the output's zero point plus one
};

// Four rows of the patch times every row of weights, requantised (see requantizeQuickly in
// depthwise_arm_dsp.cpp for the arithmetic). r0-r3 sums, r4-r7 inputs, r8 and r9 weights, r10 patch, r11
// weights, r12 patch's end, lr work.
__attribute__((naked, noinline)) void patchTimesRows(PatchWork*) {
  asm volatile(
      ".macro dormouse_quad\n\t"
      "ldr r8, [r11], #4\n\t"
      "ldm r10!, {r4-r7}\n\t"
      "sxtb16 r9, r8\n\t"
      "smlad r0, r9, r4, r0\n\t"
      "smlad r1, r9, r5, r1\n\t"
      "smlad r2, r9, r6, r2\n\t"
      "smlad r3, r9, r7, r3\n\t"
      "ldm r10!, {r4-r7}\n\t"
      "sxtb16 r9, r8, ror #8\n\t"
      "smlad r0, r9, r4, r0\n\t"
      "smlad r1, r9, r5, r1\n\t"
      "smlad r2, r9, r6, r2\n\t"
      "smlad r3, r9, r7, r3\n\t"
      ".endm\n\t"
      ".macro dormouse_requantize sum\n\t"
      "lsl \\sum, \\sum, #1\n\t"
      "smmulr \\sum, \\sum, r5\n\t"
      "add \\sum, \\sum, \\sum, asr #31\n\t"
      "add \\sum, \\sum, r7, asr #1\n\t"
      "asr \\sum, \\sum, r6\n\t"
      "ssat \\sum, #8, \\sum\n\t"
      ".endm\n\t"
      "push {r4-r11, lr}\n\t"
      "mov lr, r0\n"
      "1:\n\t"
      "ldr r4, [lr, #8]\n\t"
      "ldr r5, [lr, #12]\n\t"
      "ldr r0, [r4]\n\t"
      "add r4, r4, r5\n\t"
      "str r4, [lr, #8]\n\t"
      "ldr r10, [lr, #4]\n\t"
      "ldr r12, [lr, #36]\n\t"
      "ldr r11, [lr]\n\t"
      "mov r1, r0\n\t"
      "mov r2, r0\n\t"
      "mov r3, r0\n\t"
      "sub r4, r12, r10\n\t"
      "lsls r4, r4, #26\n\t"
      "bmi 3f\n"  // an odd number of fours
      "2:\n\t"
      "dormouse_quad\n"
      "3:\n\t"
      "dormouse_quad\n\t"
      "cmp r10, r12\n\t"
      "bne 2b\n\t"
      "ldr r4, [lr, #40]\n\t"
      "cbz r4, 4f\n\t"
      "ldr r5, [lr, #44]\n\t"
      "add r11, r11, r4\n\t"
      "ldr r8, [r11, #-4]\n\t"
      "lsr r8, r8, r5\n\t"
      "ldm r10!, {r4-r7}\n\t"
      "sxtb16 r9, r8\n\t"
      "smlad r0, r9, r4, r0\n\t"
      "smlad r1, r9, r5, r1\n\t"
      "smlad r2, r9, r6, r2\n\t"
      "smlad r3, r9, r7, r3\n\t"
      "ldm r10!, {r4-r7}\n\t"
      "sxtb16 r9, r8, ror #8\n\t"
      "smlad r0, r9, r4, r0\n\t"
      "smlad r1, r9, r5, r1\n\t"
      "smlad r2, r9, r6, r2\n\t"
      "smlad r3, r9, r7, r3\n"
      "4:\n\t"
      "str r11, [lr]\n\t"
      "ldr r4, [lr, #16]\n\t"
      "ldr r5, [r4], #4\n\t"
      "str r4, [lr, #16]\n\t"
      "ldr r4, [lr, #20]\n\t"
      "ldrb r6, [r4], #1\n\t"
      "str r4, [lr, #20]\n\t"
      "ldr r7, [lr, #48]\n\t"
      "ldrd r8, r9, [lr, #24]\n\t"
      "lsl r7, r7, r6\n\t"
      "dormouse_requantize r0\n\t"
      "dormouse_requantize r1\n\t"
      "dormouse_requantize r2\n\t"
      "dormouse_requantize r3\n\t"
      "add r4, r8, r9, lsl #1\n\t"
      "strb r1, [r8, r9]\n\t"
      "strb r0, [r8], #1\n\t"
      "str r8, [lr, #24]\n\t"
      "strb r2, [r4]\n\t"
      "strb r3, [r4, r9]\n\t"
      "ldr r4, [lr, #32]\n\t"
      "subs r4, r4, #1\n\t"
      "str r4, [lr, #32]\n\t"
      "bne 1b\n\t"
      "pop {r4-r11, pc}\n\t"
      ".purgem dormouse_quad\n\t"
      ".purgem dormouse_requantize");
}

struct RowWork {
  uint32_t stride;     // 0, from one row of weights to the next
  uint32_t third;      // 4, to the third
  uint32_t offsets;    // 8, the input's, twice
  uint32_t whole;      // 12, bytes of the row in whole fours
  uint32_t rest;       // 16
  uint32_t restShift;  // 20
};

// One row of input times four of weights. r0-r3 sums, r4 and r5 inputs, r6 and r7 weights, r8 offsets, r9
// input, r10 weights, r11 stride, r12 weights of the third row, lr end.
__attribute__((naked, noinline)) void rowTimesFour(const int8_t*, const int8_t*, const RowWork*, uint32_t*) {
  asm volatile(
      ".macro dormouse_pair sum\n\t"
      "sxtb16 r7, r6, ror #8\n\t"
      "sxtb16 r6, r6\n\t"
      "smlad \\sum, r7, r5, \\sum\n\t"
      "smlad \\sum, r6, r4, \\sum\n\t"
      ".endm\n\t"
      ".macro dormouse_four\n\t"
      "ldr r4, [r9], #4\n\t"
      "sxtab16 r5, r8, r4, ror #8\n\t"
      "sxtab16 r4, r8, r4\n\t"
      "ldr r6, [r10, r11]\n\t"
      "dormouse_pair r1\n\t"
      "ldr r6, [r10], #4\n\t"
      "dormouse_pair r0\n\t"
      "ldr r6, [r12, r11]\n\t"
      "dormouse_pair r3\n\t"
      "ldr r6, [r12], #4\n\t"
      "dormouse_pair r2\n\t"
      ".endm\n\t"
      "push {r2-r11, lr}\n\t"
      "mov r9, r0\n\t"
      "mov r10, r1\n\t"
      "ldr r11, [r2]\n\t"
      "ldr r12, [r2, #4]\n\t"
      "ldr r8, [r2, #8]\n\t"
      "ldr lr, [r2, #12]\n\t"
      "add r12, r12, r10\n\t"
      "mov r0, #0\n\t"
      "mov r1, #0\n\t"
      "mov r2, #0\n\t"
      "mov r3, #0\n\t"
      "lsls r4, lr, #29\n\t"
      "add lr, lr, r9\n\t"
      "bmi 2f\n"  // an odd number of fours
      "1:\n\t"
      "dormouse_four\n"
      "2:\n\t"
      "dormouse_four\n\t"
      "cmp r9, lr\n\t"
      "bne 1b\n\t"
      "ldr r4, [sp]\n\t"
      "ldr r5, [r4, #16]\n\t"
      "cbz r5, 3f\n\t"
      "ldr lr, [r4, #20]\n\t"
      "sub r5, r5, #4\n\t"
      "add r10, r10, r5\n\t"
      "add r12, r12, r5\n\t"
      "ldr r4, [r9, r5]\n\t"
      "lsr r4, r4, lr\n\t"
      "sxtab16 r5, r8, r4, ror #8\n\t"
      "sxtab16 r4, r8, r4\n\t"
      "ldr r6, [r10, r11]\n\t"
      "lsr r6, r6, lr\n\t"
      "dormouse_pair r1\n\t"
      "ldr r6, [r10]\n\t"
      "lsr r6, r6, lr\n\t"
      "dormouse_pair r0\n\t"
      "ldr r6, [r12, r11]\n\t"
      "lsr r6, r6, lr\n\t"
      "dormouse_pair r3\n\t"
      "ldr r6, [r12]\n\t"
      "lsr r6, r6, lr\n\t"
      "dormouse_pair r2\n"
      "3:\n\t"
      "ldr r4, [sp, #4]\n\t"
      "stm r4, {r0-r3}\n\t"
      "pop {r2-r11, pc}\n\t"
      ".purgem dormouse_four\n\t"
      ".purgem dormouse_pair");
}

const int32_t kNoBias = 0;
}  // namespace

void fillLaneForm(const Gemm& gemm, void* patch, uint32_t lane, const int8_t* row) {
  const uint32_t offsets = twice(gemm.inputOffset);
  uint32_t* to = static_cast<uint32_t*>(patch) + lane;
  const int8_t* const end = row + (gemm.depth & ~3u);
  for (; row != end; row += 4, to += 2 * kLanes) {
    const uint32_t word = loadWord(row);
    to[0] = spread(offsets, word);
    to[kLanes] = spreadRotated(offsets, word);
  }
  const uint32_t rest = gemm.depth & 3u;
  if (rest != 0) {
    // What lies beyond the row meets weights of zero.
    const uint32_t word = loadWord(row - (4 - rest)) >> (8 * (4 - rest));
    to[0] = spread(offsets, word);
    to[kLanes] = spreadRotated(offsets, word);
  }
}

void multiplyPatchForm(const Gemm& gemm, const void* patch, const int8_t* weights, const int32_t* bias,
                       uint32_t first, int8_t* output) {
  const Requantization& r = gemm.requantization;
  PatchWork work;
  work.weights = weights;
  work.patch = patch;
  work.bias = bias == nullptr ? &kNoBias : bias + first;
  work.biasStep = bias == nullptr ? 0 : 4;
  work.multipliers = r.multipliers + first;
  work.rights = r.rights + first;
  work.output = output;
  work.outStride = gemm.outStride;
  work.channels = gemm.channels;
  work.patchEnd = static_cast<const uint8_t*>(patch) + (gemm.depth & ~3u) * 2u * kLanes;
  work.rest = gemm.depth & 3u;
  work.restShift = 32 - 8 * work.rest;
  work.offset = 2 * r.outputOffset + 1;
  patchTimesRows(&work);
  if (clampsFurther(r)) clampRows(r, output, kLanes, gemm.channels, gemm.outStride);
}

void dotRows(const Gemm& gemm, const int8_t* row, const int8_t* weights, uint32_t count, uint32_t* sums) {
  RowWork work;
  // With fewer rows the same ones are multiplied again.
  work.stride = count == 1 ? 0 : gemm.depth;
  work.third = count == 4 ? 2 * gemm.depth : 0;
  work.offsets = twice(gemm.inputOffset);
  work.whole = gemm.depth & ~3u;
  work.rest = gemm.depth & 3u;
  work.restShift = 32 - 8 * work.rest;
  rowTimesFour(row, weights, &work, sums);
}

}  // namespace nn
}  // namespace dormouse

#endif
