// The probe as a program: the job is a file.
#include "probe.h"

#include <stdio.h>

alignas(16) static uint8_t job[1 << 24];

int main(int count, char** arguments) {
  FILE* const file = count > 1 ? fopen(arguments[1], "rb") : nullptr;
  if (file == nullptr || fread(job, 1, sizeof job, file) == 0) return 2;
  fclose(file);
  probe::answerAll(job, [](uint32_t network, uint32_t hash) { printf("%u %u\n", network, hash); });
  return 0;
}
