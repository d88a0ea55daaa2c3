// Makes the float arithmetic of the .cpp file that includes it exact: every + - * / is rounded on its own, to
// nearest, and nothing is reordered, whatever flags the board's core passes. Include it before any other
// header of the core that defines inline functions.
//
// Why in the source: a sketch cannot change its core's flags. Seeed's nRF52 core compiles with -Ofast, and
// GCC by default fuses a*b+c into one rounding wherever the processor can (Cortex-M4F, M7, ESP32-S3).
// Subnormal numbers: the RP2040's ROM routines flush them to zero; the callers here avoid depending on them.
#ifndef DORMOUSE_MATH_EXACT_H
#define DORMOUSE_MATH_EXACT_H

#if defined(__clang__)
#if defined(__FAST_MATH__)
#error "clang cannot take -ffast-math back for one file: compile Dormouse's core without it"
#endif
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off", "no-fast-math", "no-unsafe-math-optimizations",                  \
                     "no-associative-math", "no-reciprocal-math", "no-finite-math-only", "signed-zeros", \
                     "trapping-math")
#endif

#endif
