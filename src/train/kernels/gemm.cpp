// 4x8 register tiles over 128-bit SIMD. See gemm.h for the contract.
#include "gemm.h"

#include "program.h"
#include "simd.h"

namespace dormouse {
namespace train {
namespace {

enum : int32_t { kTileRows = 4, kTileColumns = 8, kMostTiles = 16 };

// Where the sums of a tile begin and end.
struct Target {
  float* c[kTileRows];
  int32_t columns;     // valid columns, at most kTileColumns
  bool load;           // begin with what is in c
  const float* bias;   // else begin with this, or zero
  int32_t activation;  // kNone unless this is the last block of k
};

template <int Rows, int Vectors>
inline void begin(const Target& target, v128_t (&sum)[Rows][Vectors]) {
  for (int r = 0; r < Rows; r++)
    for (int v = 0; v < Vectors; v++)
      sum[r][v] = target.load   ? wasm_v128_load(target.c[r] + 4 * v)
                  : target.bias ? wasm_v128_load(target.bias + 4 * v)
                                : wasm_f32x4_splat(0.0f);
}

template <int Rows, int Vectors>
inline void finish(const Target& target, int32_t rows, v128_t (&sum)[Rows][Vectors]) {
  for (int r = 0; r < Rows; r++) {
    if (r >= rows) return;
    for (int v = 0; v < Vectors; v++)
      storeFirst(target.c[r] + 4 * v, activated(sum[r][v], target.activation), target.columns - 4 * v);
  }
}

// Four rows of a as [k][4] times a panel of b. Only `rows` of the four are stored. Neither unrolled nor
// inlined: V8 fetches all that a block of code needs before it computes, and sixteen registers hold one step.
template <int Vectors>
__attribute__((noinline)) void tile(int32_t depth, const float* a, const float* b, int32_t bRow, int32_t rows,
                                    const Target& target) {
  v128_t sum[kTileRows][Vectors];
  begin<kTileRows, Vectors>(target, sum);
  const float* const end = a + depth * kTileRows;
#pragma clang loop unroll(disable)
  for (; a != end; a += kTileRows, b += bRow) {
    v128_t row[Vectors];
    for (int v = 0; v < Vectors; v++) row[v] = wasm_v128_load(b + 4 * v);
    for (int r = 0; r < kTileRows; r++) {
      const v128_t value = wasm_v128_load32_splat(a + r);
      for (int v = 0; v < Vectors; v++) sum[r][v] = wasm_f32x4_add(sum[r][v], wasm_f32x4_mul(value, row[v]));
    }
  }
  finish<kTileRows, Vectors>(target, rows, sum);
}

// One panel, eight columns of b, one k after the other, so that the tiles walk through memory in one line.
void packPanel(const float* b, int32_t bRow, int32_t depth, float* out) {
  for (int32_t k = 0; k < depth; k++) {
    wasm_v128_store(out, wasm_v128_load(b));
    wasm_v128_store(out + 4, wasm_v128_load(b + 4));
    out += kTileColumns;
    b += bRow;
  }
}

// The same from a matrix that stands turned, each column of the panel a row of it. Columns that are not there
// repeat the first: nobody stores their sums.
void packTurned(const float* b, int32_t bRow, int32_t depth, int32_t columns, float* out) {
  const float* row[kTileColumns];
  for (int c = 0; c < kTileColumns; c++) row[c] = b + (c < columns ? c * bRow : 0);
  int32_t k = 0;
  for (; k + 4 <= depth; k += 4) {
    for (int half = 0; half < kTileColumns; half += 4) {
      v128_t lines[4];
      for (int c = 0; c < 4; c++) lines[c] = wasm_v128_load(row[half + c] + k);
      turn(lines);
      for (int j = 0; j < 4; j++) wasm_v128_store(out + j * kTileColumns + half, lines[j]);
    }
    out += 4 * kTileColumns;
  }
  for (; k < depth; k++) {
    for (int c = 0; c < kTileColumns; c++) out[c] = row[c][k];
    out += kTileColumns;
  }
}

// Rows [k0, k0 + depth) of the columns [n0, n0 + columns) of b.
void packBlock(const Gemm& job, int32_t k0, int32_t depth, int32_t n0, int32_t columns, float* out) {
  for (int32_t n = 0; n < columns; n += kTileColumns) {
    const int32_t left = columns - n < kTileColumns ? columns - n : kTileColumns;
    if (job.turned)
      packTurned(job.b + (n0 + n) * job.bRow + k0, job.bRow, depth, left, out);
    else
      packPanel(job.b + k0 * job.bRow + n0 + n, job.bRow, depth, out);
    out += depth * kTileColumns;
  }
}

// One block of b: where it lies and which part of the product it makes.
struct Block {
  int32_t k0, depth, n0, columns;
  const float* b;
  int32_t bRow;    // between two values of k
  int32_t bPanel;  // between two panels
  bool first, last;
};

Target targetOf(const Gemm& job, const Block& block, int32_t n) {
  return {{},
          block.columns - n < kTileColumns ? block.columns - n : static_cast<int32_t>(kTileColumns),
          job.accumulate || !block.first,
          job.bias ? job.bias + block.n0 + n : nullptr,
          block.last ? job.activation : static_cast<int32_t>(kNone)};
}

// Where position `i` of windows lies: each new line jumps.
struct Walk {
  int32_t step, perLine, line;
  int32_t at(int32_t i) const { return perLine ? (i / perLine) * line + (i % perLine) * step : i * step; }
};

// Columns [k, k + 4) of four rows, turned to [k][4].
void packSquare(const float* const (&row)[kTileRows], float* out) {
  v128_t lines[4];
  for (int r = 0; r < 4; r++) lines[r] = wasm_v128_load(row[r]);
  turn(lines);
  for (int j = 0; j < 4; j++) wasm_v128_store(out + 4 * j, lines[j]);
}

// Four rows of a, read along k, as [k][4]. Rows that are not there repeat the last: nobody stores their sums.
void packRows(const Gemm& job, const Block& block, int32_t m, int32_t rows, float* out) {
  const Walk walk = {job.aRow, job.perLine, job.aLine};
  const int32_t segment = job.segment ? job.segment : block.depth;
  const int32_t jump = job.segment ? job.aSegment - segment : 0;
  const float* row[kTileRows];
  for (int32_t r = 0; r < kTileRows; r++) row[r] = job.a + walk.at(m + (r < rows ? r : rows - 1)) + block.k0;
  for (int32_t left = block.depth; left > 0; left -= segment) {
    int32_t k = 0;
    for (; k + 4 <= segment; k += 4) {
      packSquare(row, out);
      for (int r = 0; r < kTileRows; r++) row[r] += 4;
      out += 4 * kTileRows;
    }
    for (; k < segment; k++) {
      for (int r = 0; r < kTileRows; r++) out[r] = *row[r]++;
      out += kTileRows;
    }
    for (int r = 0; r < kTileRows; r++) row[r] += jump;
  }
}

// Four neighbouring columns of a, each a row of the product, as [k][4].
void packColumns(const Gemm& job, const Block& block, int32_t m, float* out) {
  const Walk walk = {job.aCol, job.perLine, job.aLine};
  const float* a = job.a + (job.segment ? m / job.segment * job.aSegment + m % job.segment : m);
  for (int32_t k = block.k0; k < block.k0 + block.depth;) {
    const float* from = a + walk.at(k);
    int32_t run = block.k0 + block.depth - k;
    if (job.perLine && job.perLine - k % job.perLine < run) run = job.perLine - k % job.perLine;
    for (int32_t i = 0; i < run; i++) {
      wasm_v128_store(out, wasm_v128_load(from));
      out += kTileRows;
      from += job.aCol;
    }
    k += run;
  }
}

// Some tiles' rows, packed together, that stay in the first-level cache while the panels of b pass by.
struct Tiles {
  int32_t count;
  struct {
    int32_t m, rows;
  } of[kMostTiles];
};

// The tile at m holds neighbours only: it ends where a segment does if the rows of the product are columns of
// a.
int32_t rowsAt(const Gemm& job, int32_t m) {
  int32_t rows = job.m - m;
  if (job.across && job.segment && job.segment - m % job.segment < rows) rows = job.segment - m % job.segment;
  return rows < kTileRows ? rows : static_cast<int32_t>(kTileRows);
}

void multiply(const Gemm& job, const Block& block, const Tiles& tiles, const float* packed) {
  const Walk walk = {job.cRow, job.across ? 0 : job.perLine, job.cLine};
  const float* b = block.b;
  for (int32_t n = 0; n < block.columns; n += kTileColumns, b += block.bPanel) {
    Target target = targetOf(job, block, n);
    for (int32_t i = 0; i < tiles.count; i++) {
      const int32_t m = tiles.of[i].m;
      const int32_t rows = tiles.of[i].rows;
      float* c = job.c + block.n0 + n;
      for (int32_t r = 0; r < kTileRows; r++) target.c[r] = c + walk.at(m + (r < rows ? r : 0));
      const float* a = packed + i * block.depth * kTileRows;
      if (target.columns > 4)
        tile<2>(block.depth, a, b, block.bRow, rows, target);
      else
        tile<1>(block.depth, a, b, block.bRow, rows, target);
    }
  }
}

void multiplyBlock(const Gemm& job, const Block& block, float* packed) {
  int32_t most = kTilesOfA / (block.depth * kTileRows);
  most = most < 1 ? 1 : most > kMostTiles ? static_cast<int32_t>(kMostTiles) : most;
  Tiles tiles = {0, {}};
  for (int32_t m = 0; m < job.m;) {
    const int32_t rows = rowsAt(job, m);
    float* out = packed + tiles.count * block.depth * kTileRows;
    job.across ? packColumns(job, block, m, out) : packRows(job, block, m, rows, out);
    tiles.of[tiles.count].m = m;
    tiles.of[tiles.count].rows = rows;
    tiles.count++;
    m += rows;
    if (tiles.count < most && m < job.m) continue;
    multiply(job, block, tiles, packed);
    tiles.count = 0;
  }
}

// Windows in segments are taken whole.
int32_t depthOf(const Gemm& job) {
  return job.packed || (job.segment && !job.across) ? job.k : static_cast<int32_t>(kGemmDepth);
}

}  // namespace

void gemm(const Gemm& job, float* pack) {
  const bool packing = !job.packed && (job.turned || (job.m >= 16 && job.bRow > 16));
  float* tilesOfA = pack + kGemmDepth * kGemmColumns;
  const int32_t deepest = depthOf(job);
  for (int32_t k0 = 0; k0 < job.k; k0 += deepest) {
    const int32_t depth = job.k - k0 < deepest ? job.k - k0 : deepest;
    const int32_t widest = packing ? static_cast<int32_t>(kGemmColumns) : job.n;
    for (int32_t n0 = 0; n0 < job.n; n0 += widest) {
      const int32_t columns = job.n - n0 < widest ? job.n - n0 : widest;
      Block block = {k0,
                     depth,
                     n0,
                     columns,
                     job.b + k0 * job.bRow + n0,
                     job.bRow,
                     kTileColumns,
                     k0 == 0,
                     k0 + depth >= job.k};
      if (packing) packBlock(job, k0, depth, n0, columns, pack);
      if (packing || job.packed) {
        block.b = packing ? pack : job.packed;
        block.bRow = kTileColumns;
        block.bPanel = depth * kTileColumns;
      }
      multiplyBlock(job, block, tilesOfA);
    }
  }
}

void packMatrix(const Gemm& job, float* out) { packBlock(job, 0, job.k, 0, job.n, out); }

void sumRows(const float* values, int32_t rows, int32_t columns, float* sums) {
  int32_t c = 0;
  for (; c + 4 <= columns; c += 4) {
    const float* in = values + c;
    v128_t sum = wasm_f32x4_splat(0.0f);
    for (int32_t r = 0; r < rows; r++, in += columns) sum = wasm_f32x4_add(sum, wasm_v128_load(in));
    wasm_v128_store(sums + c, sum);
  }
  for (; c < columns; c++) {
    float sum = 0.0f;
    for (int32_t r = 0; r < rows; r++) sum += values[r * columns + c];
    sums[c] = sum;
  }
}

}  // namespace train
}  // namespace dormouse
