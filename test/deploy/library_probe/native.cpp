// The probe as a program: the job is a file.
#include <stdio.h>

#include "probe.h"

alignas(16) static uint8_t job[1 << 22];

int main(int count, char** arguments) {
  FILE* const file = count > 1 ? fopen(arguments[1], "rb") : nullptr;
  if (file == nullptr || fread(job, 1, sizeof job, file) == 0) return 2;
  fclose(file);
  return probe::answerAll(job, [](const probe::Line& line) {
    printf("%d %d %u %u\n", line.status, line.label, line.anomaly, line.hash);
  });
}
