/** Finds the peaks of a grid of scores. */
#include "objects.h"

namespace dormouse {
namespace objects {

/** The cell's label, and its score. */
static uint32_t labelOf(const Grid& grid, uint32_t cell, int8_t* score) {
  const int8_t* scores = grid.scores + cell * (grid.labels + 1) + 1;
  uint32_t label = 0;
  for (uint32_t i = 1; i < grid.labels; i++) {
    if (scores[i] > scores[label]) label = i;
  }
  *score = scores[label];
  return label;
}

struct Sums {
  uint64_t weight;
  uint64_t x;  // of weight * (2 * column + 1)
  uint64_t y;
};

static void weigh(Sums* sums, uint32_t weight, uint32_t row, uint32_t column) {
  sums->weight += weight;
  sums->x += static_cast<uint64_t>(weight) * (2 * column + 1);
  sums->y += static_cast<uint64_t>(weight) * (2 * row + 1);
}

/** sum / (2 * weight * side), in 1/65535, rounded. */
static uint16_t centre(uint64_t sum, uint64_t weight, uint32_t side) {
  const uint64_t whole = 2 * weight * side;
  return static_cast<uint16_t>((sum * 65535u + whole / 2) / whole);
}

/** Whether the cell is a peak of its label; then also what its surroundings say of its centre. */
static bool peak(const Grid& grid, uint32_t cell, uint32_t label, int8_t score, int16_t least, Sums* sums) {
  const uint32_t row = cell / grid.columns;
  const uint32_t column = cell % grid.columns;
  weigh(sums, static_cast<uint32_t>(score - least + 1), row, column);
  for (uint32_t r = row > 0 ? row - 1 : 0; r <= row + 1 && r < grid.rows; r++) {
    for (uint32_t c = column > 0 ? column - 1 : 0; c <= column + 1 && c < grid.columns; c++) {
      const uint32_t other = r * grid.columns + c;
      int8_t others;
      if (other == cell || labelOf(grid, other, &others) != label || others < least) continue;
      if (other < cell ? others >= score : others > score) return false;
      weigh(sums, static_cast<uint32_t>(others - least + 1), r, c);
    }
  }
  return true;
}

bool next(const Grid& grid, const int16_t* least, uint32_t* cell, Object* object) {
  const uint32_t cells = grid.rows * grid.columns;
  while (*cell < cells) {
    const uint32_t at = (*cell)++;
    int8_t score;
    const uint32_t label = labelOf(grid, at, &score);
    if (score < least[label]) continue;
    Sums sums = {0, 0, 0};
    if (!peak(grid, at, label, score, least[label], &sums)) continue;
    object->label = static_cast<uint8_t>(label);
    object->score = score;
    object->x = centre(sums.x, sums.weight, grid.columns);
    object->y = centre(sums.y, sums.weight, grid.rows);
    return true;
  }
  return false;
}

void best(const Grid& grid, int8_t* scores) {
  for (uint32_t label = 0; label < grid.labels; label++) scores[label] = -128;
  const int8_t* cell = grid.scores;
  for (uint32_t i = 0; i < grid.rows * grid.columns; i++, cell += grid.labels + 1) {
    for (uint32_t label = 0; label < grid.labels; label++) {
      if (cell[1 + label] > scores[label]) scores[label] = cell[1 + label];
    }
  }
}

}  // namespace objects
}  // namespace dormouse
