// Prints into memory that the test reads.
#include <stddef.h>

#include "bits.h"

extern "C" {
char output[1024];
static size_t used = 0;

__attribute__((export_name("run"))) const char* run(void) {
  printBits([](const char* line) {
    while (*line != 0 && used < sizeof output - 1) output[used++] = *line++;
  });
  return output;
}
}
