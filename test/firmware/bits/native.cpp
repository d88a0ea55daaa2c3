#include <stdio.h>

#include "bits.h"

int main() {
  printBits([](const char* line) { fputs(line, stdout); });
  return 0;
}
