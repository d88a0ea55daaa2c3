// One place of a depthwise convolution on a Cortex-M4, M7 or M33: four channels at a time, both inputs and
// weights spread from bytes to pairs of int16 (SXTAB16, SXTB16), multiplied without taking pairs apart
// (SMLABB, SMLATT).
#include "depthwise_forms.h"

#if defined(DORMOUSE_NN_ARM_DSP)

namespace dormouse {
namespace nn {

namespace {
// Its offsets stand in the assembly.
struct PlaceWork {
  const int8_t* input;         // 0
  const int8_t* weights;       // 4
  uint32_t rowStep;            // 8, from where a row ends to the next
  uint32_t filterRowStep;      // 12
  uint32_t step;               // 16
  uint32_t channels;           // 20
  uint32_t columns;            // 24
  uint32_t rows;               // 28
  uint32_t offsets;            // 32, the input's, twice
  uint32_t biasStep;           // 36, 16 or 0
  const int32_t* bias;         // 40
  const int32_t* multipliers;  // 44
  const int8_t* rights;        // 48
  int8_t* output;              // 52
  int32_t offset;              // 56, twice the output's zero point plus one
  uint32_t fours;              // 60
};

// Requantization in six instructions, where sums stay below 2^30 and shifts to the right lie in 1 to 20: the
// doubled sum times the multiplier, upper word, rounded (SMMULR), is (sum * multiplier + 2^30) >> 31. Halves
// away from zero are (x + half - (x < 0)) >> shift; the zero point joins in before the shift as (2 zero + 1)
// << shift
// >> 1 = zero << shift + half.
// r0-r3 sums, r4 and r5 inputs, r6 and r7 weights, r8 offsets, r9 input, r10 weights, r11 and r12 their
// steps, lr counts.
__attribute__((naked, noinline)) void fourChannels(PlaceWork*) {
  asm volatile(
      ".macro dormouse_tap\n\t"
      "sxtab16 r5, r8, r4, ror #8\n\t"
      "sxtab16 r4, r8, r4\n\t"
      "sxtb16 r7, r6, ror #8\n\t"
      "sxtb16 r6, r6\n\t"
      "smlabb r1, r5, r7, r1\n\t"
      "smlatt r3, r5, r7, r3\n\t"
      "smlabb r0, r4, r6, r0\n\t"
      "smlatt r2, r4, r6, r2\n\t"
      ".endm\n\t"
      ".macro dormouse_requantize sum\n\t"
      "ldr r5, [r9], #4\n\t"
      "ldrb r6, [r10], #1\n\t"
      "lsl \\sum, \\sum, #1\n\t"
      "smmulr \\sum, \\sum, r5\n\t"
      "lsl r7, r11, r6\n\t"
      "add \\sum, \\sum, \\sum, asr #31\n\t"
      "add \\sum, \\sum, r7, asr #1\n\t"
      "asr \\sum, \\sum, r6\n\t"
      "ssat \\sum, #8, \\sum\n\t"
      "strb \\sum, [r12], #1\n\t"
      ".endm\n\t"
      "push {r0, r4-r11, lr}\n\t"
      "ldr r8, [r0, #32]\n"
      "1:\n\t"
      "ldr r4, [sp]\n\t"
      "ldrd r9, r10, [r4]\n\t"
      "ldrd r11, r12, [r4, #16]\n\t"
      "ldrd r5, lr, [r4, #24]\n\t"
      "ldrd r6, r7, [r4, #36]\n\t"
      "ldm r7, {r0-r3}\n\t"
      "add r7, r7, r6\n\t"
      "str r7, [r4, #40]\n\t"
      "cmp r5, #3\n\t"
      "bne 3f\n"
      // Three columns, as most windows have.
      "2:\n\t"
      "ldr r4, [r9]\n\t"
      "ldr r6, [r10]\n\t"
      "dormouse_tap\n\t"
      "ldr r4, [r9, r11]\n\t"
      "ldr r6, [r10, r12]\n\t"
      "dormouse_tap\n\t"
      "ldr r4, [r9, r11, lsl #1]\n\t"
      "ldr r6, [r10, r12, lsl #1]\n\t"
      "dormouse_tap\n\t"
      "ldr r4, [sp]\n\t"
      "ldrd r5, r6, [r4, #8]\n\t"
      "add r9, r9, r5\n\t"
      "add r10, r10, r6\n\t"
      "subs lr, lr, #1\n\t"
      "bne 2b\n\t"
      "b 5f\n"
      "3:\n\t"
      "push {lr}\n"
      "4:\n\t"
      "ldr r4, [sp, #4]\n\t"
      "ldr lr, [r4, #24]\n"
      "6:\n\t"
      "ldr r4, [r9]\n\t"
      "ldr r6, [r10]\n\t"
      "add r9, r9, r11\n\t"
      "add r10, r10, r12\n\t"
      "dormouse_tap\n\t"
      "subs lr, lr, #1\n\t"
      "bne 6b\n\t"
      "ldr r4, [sp, #4]\n\t"
      "ldrd r5, r6, [r4, #8]\n\t"
      "add r9, r9, r5\n\t"
      "add r10, r10, r6\n\t"
      "ldr lr, [sp]\n\t"
      "subs lr, lr, #1\n\t"
      "str lr, [sp]\n\t"
      "bne 4b\n\t"
      "pop {lr}\n"
      "5:\n\t"
      "ldr r4, [sp]\n\t"
      "ldrd r9, r10, [r4, #44]\n\t"
      "ldrd r12, r11, [r4, #52]\n\t"
      "dormouse_requantize r0\n\t"
      "dormouse_requantize r1\n\t"
      "dormouse_requantize r2\n\t"
      "dormouse_requantize r3\n\t"
      "strd r9, r10, [r4, #44]\n\t"
      "str r12, [r4, #52]\n\t"
      "ldrd r0, r1, [r4]\n\t"
      "add r0, r0, #4\n\t"
      "add r1, r1, #4\n\t"
      "strd r0, r1, [r4]\n\t"
      "ldr r0, [r4, #60]\n\t"
      "subs r0, r0, #1\n\t"
      "str r0, [r4, #60]\n\t"
      "bne 1b\n\t"
      "pop {r0, r4-r11, pc}\n\t"
      ".purgem dormouse_tap\n\t"
      ".purgem dormouse_requantize");
}

const int32_t kNoBias[4] = {0, 0, 0, 0};
}  // namespace

uint32_t placeForm(const DepthwiseParams& params, const DepthwisePlace& place, const int32_t* bias,
                   int8_t* output) {
  const Requantization& r = params.requantization;
  const uint32_t channels = params.window.outChannels;
  PlaceWork work;
  work.fours = channels / 4;
  if (work.fours == 0) return 0;
  work.input = place.input;
  work.weights = place.weights;
  work.step = place.step;
  work.channels = channels;
  work.columns = place.columns;
  work.rows = place.rows;
  work.rowStep = place.rowStep;
  work.filterRowStep = place.filterRowStep;
  if (place.columns != 3) {
    work.rowStep -= place.columns * place.step;
    work.filterRowStep -= place.columns * channels;
  }
  work.offsets = static_cast<uint16_t>(params.inputOffset) * 0x10001u;
  work.bias = bias == nullptr ? kNoBias : bias;
  work.biasStep = bias == nullptr ? 0 : 16;
  work.multipliers = r.multipliers;
  work.rights = r.rights;
  work.output = output;
  work.offset = 2 * r.outputOffset + 1;
  fourChannels(&work);
  const uint32_t done = channels & ~3u;
  if (clampsFurther(r)) clampRows(r, output, 1, done, 0);
  return done;
}

}  // namespace nn
}  // namespace dormouse

#endif
