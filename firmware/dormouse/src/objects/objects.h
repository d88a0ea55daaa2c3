/**
 * Objects in the answer of a detector: int8 scores of a grid of cells over the picture, one for "nothing
 * here" and one per label in each cell (as FOMO's). Whole numbers only, so the same everywhere.
 *
 * Knows nothing of models, pictures or the wire.
 */
#ifndef DORMOUSE_OBJECTS_OBJECTS_H
#define DORMOUSE_OBJECTS_OBJECTS_H

#include <stdint.h>

namespace dormouse {
namespace objects {

/** scores[(row * columns + column) * (labels + 1) + 1 + label]; channel 0 is the background. */
struct Grid {
  const int8_t* scores;
  uint32_t rows;
  uint32_t columns;
  uint32_t labels;
};

struct Object {
  uint8_t label;
  int8_t score;
  uint16_t x;  // its centre, in 1/65535 of the picture's width
  uint16_t y;
};

/**
 * Looks through the cells in rows, from `*cell` on (0 at first), and finds the next object; false when there
 * is none any more. `least`: per label, the smallest score that counts (-128 to 127; 128 = never).
 *
 * A cell belongs to its likeliest label (the first of equals), the background aside. It is an object if its
 * score reaches the label's least, is above that of each of the eight cells around it that comes before it
 * and belongs to the label, and is not below those that come after it. So an object that several cells see
 * counts once. Its centre is that of these nine cells, each that belongs to the label and reaches the least
 * weighing score - least
 * + 1.
 */
bool next(const Grid& grid, const int16_t* least, uint32_t* cell, Object* object);

/** The largest score of each label over all cells. */
void best(const Grid& grid, int8_t* scores);

}  // namespace objects
}  // namespace dormouse

#endif
