// The program on an emulated Cortex-M.
#include "../arm/bare.h"
#include "bits.h"

void program() {
  printBits([](const char* line) { bare::print(line); });
}
