// 4x8 register tiles over 128-bit SIMD. See gemm.h for the contract.
#include "gemm.h"

#include <wasm_simd128.h>

#include "program.h"

namespace dormouse {
namespace train {
namespace {

struct Tile {
  int32_t depth;  // k values in this block
  const float* a;
  int32_t aRow, aCol;
  const float* b;
  int32_t bRow;
  float* c;
  int32_t cRow;
  int32_t columns;     // valid columns, at most 4 * Vectors
  bool load;           // begin with what is in c
  const float* bias;   // else begin with this, or zero
  int32_t activation;  // kNone unless this is the last block of k
};

inline v128_t activate(v128_t value, int32_t activation) {
  if (activation == kNone) return value;
  // Not pmax, which would hide a NaN: a training that went wrong must show.
  value = wasm_f32x4_max(value, wasm_f32x4_splat(0.0f));
  return activation == kRelu6 ? wasm_f32x4_min(value, wasm_f32x4_splat(6.0f)) : value;
}

template <int Rows, int Vectors>
inline void finish(const Tile& tile, v128_t (&sum)[Rows][Vectors]) {
  for (int r = 0; r < Rows; r++) {
    float* out = tile.c + r * tile.cRow;
    for (int v = 0; v < Vectors; v++) {
      const v128_t value = activate(sum[r][v], tile.activation);
      const int32_t left = tile.columns - 4 * v;
      if (left >= 4) {
        wasm_v128_store(out + 4 * v, value);
      } else {
        float lanes[4];
        wasm_v128_store(lanes, value);
        for (int32_t i = 0; i < left; i++) out[4 * v + i] = lanes[i];
      }
    }
  }
}

// ByRow: a is read along k with stride 1 (aCol == 1); else across its rows (aRow == 1), as for weight
// gradients.
template <int Rows, int Vectors, bool ByRow>
void tileOf(const Tile& tile) {
  v128_t sum[Rows][Vectors];
  for (int r = 0; r < Rows; r++)
    for (int v = 0; v < Vectors; v++)
      sum[r][v] = tile.load   ? wasm_v128_load(tile.c + r * tile.cRow + 4 * v)
                  : tile.bias ? wasm_v128_load(tile.bias + 4 * v)
                              : wasm_f32x4_splat(0.0f);
  const float* a[Rows];
  for (int r = 0; r < Rows; r++) a[r] = tile.a + r * (ByRow ? tile.aRow : 1);
  const float* b = tile.b;
  for (int32_t k = 0; k < tile.depth; k++) {
    v128_t row[Vectors];
    for (int v = 0; v < Vectors; v++) row[v] = wasm_v128_load(b + 4 * v);
    for (int r = 0; r < Rows; r++) {
      const v128_t value = wasm_v128_load32_splat(ByRow ? a[r] + k : a[0] + r);
      for (int v = 0; v < Vectors; v++) sum[r][v] = wasm_f32x4_add(sum[r][v], wasm_f32x4_mul(value, row[v]));
    }
    if (!ByRow) a[0] += tile.aCol;
    b += tile.bRow;
  }
  finish<Rows, Vectors>(tile, sum);
}

template <int Vectors, bool ByRow>
void columnsOf(Tile tile, int32_t m) {
  int32_t row = 0;
  for (; row + 4 <= m; row += 4) {
    tileOf<4, Vectors, ByRow>(tile);
    tile.a += 4 * tile.aRow;
    tile.c += 4 * tile.cRow;
  }
  for (; row < m; row++) {
    tileOf<1, Vectors, ByRow>(tile);
    tile.a += tile.aRow;
    tile.c += tile.cRow;
  }
}

void panel(const Tile& tile, int32_t m) {
  const bool byRow = tile.aCol == 1;
  if (tile.columns > 4) {
    byRow ? columnsOf<2, true>(tile, m) : columnsOf<2, false>(tile, m);
  } else {
    byRow ? columnsOf<1, true>(tile, m) : columnsOf<1, false>(tile, m);
  }
}

// Eight columns of b, one k after the other, so that the tiles walk through memory in one line.
void packPanel(const float* b, int32_t bRow, int32_t depth, float* pack) {
  for (int32_t k = 0; k < depth; k++) {
    wasm_v128_store(pack, wasm_v128_load(b));
    wasm_v128_store(pack + 4, wasm_v128_load(b + 4));
    pack += 8;
    b += bRow;
  }
}

// Rows of a (by kGemmDepth values each, 128 KiB) that stay in the second-level cache while b passes by.
enum : int32_t { kRowsPerBlock = 128 };

}  // namespace

void gemm(const Gemm& job, float* pack) {
  const bool packing = job.m >= 16 && job.bRow > 16;
  for (int32_t k0 = 0; k0 < job.k || k0 == 0; k0 += kGemmDepth) {
    const int32_t depth = job.k - k0 < kGemmDepth ? job.k - k0 : kGemmDepth;
    const bool last = k0 + depth >= job.k;
    for (int32_t m0 = 0; m0 < job.m; m0 += kRowsPerBlock) {
      const int32_t rows = job.m - m0 < kRowsPerBlock ? job.m - m0 : kRowsPerBlock;
      for (int32_t n0 = 0; n0 < job.n; n0 += 8) {
        const float* b = job.b + k0 * job.bRow + n0;
        Tile tile = {depth,
                     job.a + m0 * job.aRow + k0 * job.aCol,
                     job.aRow,
                     job.aCol,
                     b,
                     job.bRow,
                     job.c + m0 * job.cRow + n0,
                     job.cRow,
                     job.n - n0 < 8 ? job.n - n0 : 8,
                     job.accumulate || k0 > 0,
                     job.bias ? job.bias + n0 : nullptr,
                     last ? job.activation : static_cast<int32_t>(kNone)};
        if (packing) {
          packPanel(b, job.bRow, depth, pack);
          tile.b = pack;
          tile.bRow = 8;
        }
        panel(tile, rows);
      }
    }
  }
}

void transpose(const float* in, int32_t rows, int32_t columns, int32_t inRow, float* out) {
  for (int32_t r = 0; r < rows; r++)
    for (int32_t c = 0; c < columns; c++) out[c * rows + r] = in[r * inRow + c];
}

}  // namespace train
}  // namespace dormouse
