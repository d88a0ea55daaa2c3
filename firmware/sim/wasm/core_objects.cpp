// What src/core/objects.ts calls: objects in a grid of scores, as a board finds them.
#include "objects/objects.h"

using namespace dormouse;

// Up to `most` objects of six bytes each to `out`: label, score, x, y. Returns how many.
extern "C" __attribute__((export_name("core_objects"))) uint32_t core_objects(
    const int8_t* scores, uint32_t rows, uint32_t columns, uint32_t labels, const int16_t* least,
    objects::Object* out, uint32_t most) {
  const objects::Grid grid = {scores, rows, columns, labels};
  uint32_t cell = 0;
  uint32_t count = 0;
  while (count < most && objects::next(grid, least, &cell, &out[count])) count++;
  return count;
}
