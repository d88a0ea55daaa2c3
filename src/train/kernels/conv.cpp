// Convolutions over [height, width, channels] (a 1-D convolution has height 1). An input with zeros around it
// is laid out once per example; then each row of the window is one matrix product whose rows overlap, with
// nothing copied.
#include "gemm.h"
#include "layers.h"

namespace dormouse {
namespace train {
namespace {

struct Padded {
  int32_t height, width;  // of the input with its zeros
  bool needed;            // else the input serves as it lies
};

Padded paddedOf(const Op& op) {
  const int32_t height = (op.outH - 1) * op.sH + op.kH;
  const int32_t width = (op.outW - 1) * op.sW + op.kW;
  return {height, width, op.padTop != 0 || op.padLeft != 0 || height > op.inH || width > op.inW};
}

// Copies one example into the middle of zeros; where the window never reaches the last rows or columns they
// stay out.
void copyPadded(const Op& op, const Padded& padded, const float* x, float* out) {
  const int32_t rowSize = padded.width * op.inC;
  for (int32_t y = 0; y < padded.height; y++) {
    float* row = out + y * rowSize;
    const int32_t from = y - op.padTop;
    if (from < 0 || from >= op.inH) {
      __builtin_memset(row, 0, static_cast<uint32_t>(rowSize) * sizeof(float));
      continue;
    }
    const int32_t before = op.padLeft * op.inC;
    int32_t copied = op.inW * op.inC;
    if (before + copied > rowSize) copied = rowSize - before;
    for (int32_t i = 0; i < before; i++) row[i] = 0.0f;
    __builtin_memcpy(row + before, x + from * op.inW * op.inC, static_cast<uint32_t>(copied) * sizeof(float));
    for (int32_t i = before + copied; i < rowSize; i++) row[i] = 0.0f;
  }
}

void addUnpadded(const Op& op, const Padded& padded, const float* in, float* dx, bool accumulate) {
  const int32_t rowSize = padded.width * op.inC;
  for (int32_t y = 0; y < op.inH; y++) {
    const int32_t from = y + op.padTop;
    float* row = dx + y * op.inW * op.inC;
    const int32_t before = op.padLeft * op.inC;
    int32_t copied = from < padded.height ? op.inW * op.inC : 0;
    if (copied && before + copied > rowSize) copied = rowSize - before;
    const float* source = in + from * rowSize + before;
    for (int32_t i = 0; i < op.inW * op.inC; i++) {
      const float value = i < copied ? source[i] : 0.0f;
      row[i] = accumulate ? row[i] + value : value;
    }
  }
}

int32_t scratchOf(const Op& op) {
  // The slack behind is what gemm() may read past a row's end.
  const Padded padded = paddedOf(op);
  return padded.height * padded.width * op.inC + 8;
}

}  // namespace

void convForward(const Op& op, const Shard& shard) {
  const Padded padded = paddedOf(op);
  float* laid = shard.scratch + kGemmScratch;
  const int32_t width = padded.needed ? padded.width : op.inW;
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * inputSizeOf(op);
    if (padded.needed) {
      copyPadded(op, padded, x, laid);
      x = laid;
    }
    for (int32_t oy = 0; oy < op.outH; oy++) {
      float* y = op.y + n * outputSizeOf(op) + oy * op.outW * op.outC;
      for (int32_t ky = 0; ky < op.kH; ky++) {
        const Gemm job = {op.outW,
                          op.outC,
                          op.kW * op.inC,
                          x + (oy * op.sH + ky) * width * op.inC,
                          op.sW * op.inC,
                          1,
                          op.w + ky * op.kW * op.inC * op.outC,
                          op.outC,
                          y,
                          op.outC,
                          ky > 0,
                          op.b,
                          ky == op.kH - 1 ? op.activation : static_cast<int32_t>(kNone)};
        gemm(job, shard.scratch);
      }
    }
  }
}

namespace {

// Adds one example's share to dw.
void weightGradient(const Op& op, const float* x, int32_t width, const float* dy, float* dw, float* pack) {
  for (int32_t oy = 0; oy < op.outH; oy++) {
    for (int32_t ky = 0; ky < op.kH; ky++) {
      const Gemm job = {op.kW * op.inC,
                        op.outC,
                        op.outW,
                        x + (oy * op.sH + ky) * width * op.inC,
                        1,
                        op.sW * op.inC,
                        dy + oy * op.outW * op.outC,
                        op.outC,
                        dw + ky * op.kW * op.inC * op.outC,
                        op.outC,
                        true,
                        nullptr,
                        kNone};
      gemm(job, pack);
    }
  }
}

// Adds one example's share to the gradient of the padded input. `turned` holds, per row of the window, w^T.
void inputGradient(const Op& op, int32_t width, const float* turned, const float* dy, float* dx,
                   float* pack) {
  const int32_t rowWeights = op.kW * op.inC * op.outC;
  for (int32_t oy = 0; oy < op.outH; oy++) {
    for (int32_t ky = 0; ky < op.kH; ky++) {
      for (int32_t kx = 0; kx < op.kW; kx++) {
        const Gemm job = {op.outW,
                          op.inC,
                          op.outC,
                          dy + oy * op.outW * op.outC,
                          op.outC,
                          1,
                          turned + ky * rowWeights + kx * op.inC,
                          op.kW * op.inC,
                          dx + ((oy * op.sH + ky) * width + kx) * op.inC,
                          op.sW * op.inC,
                          true,
                          nullptr,
                          kNone};
        gemm(job, pack);
      }
    }
  }
}

}  // namespace

void convBackward(const Op& op, const Shard& shard) {
  const Padded padded = paddedOf(op);
  const int32_t weights = op.kH * op.kW * op.inC * op.outC;
  float* pack = shard.scratch;
  float* laid = pack + kGemmScratch;
  float* laidGradient = laid + scratchOf(op);
  float* turned = laidGradient + scratchOf(op);
  float* dw = op.dw + shard.gradOffset;
  float* db = op.db + shard.gradOffset;
  for (int32_t i = 0; i < weights; i++) dw[i] = 0.0f;
  for (int32_t i = 0; i < op.outC; i++) db[i] = 0.0f;
  if (op.dx) {
    const int32_t rowWeights = op.kW * op.inC * op.outC;
    for (int32_t ky = 0; ky < op.kH; ky++)
      transpose(op.w + ky * rowWeights, op.kW * op.inC, op.outC, op.outC, turned + ky * rowWeights);
  }
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * inputSizeOf(op);
    float* dy = op.dy + n * outputSizeOf(op);
    maskByActivation(dy, op.y + n * outputSizeOf(op), outputSizeOf(op), op.activation);
    for (int32_t i = 0; i < op.outH * op.outW; i++)
      for (int32_t c = 0; c < op.outC; c++) db[c] += dy[i * op.outC + c];
    if (padded.needed) {
      copyPadded(op, padded, x, laid);
      weightGradient(op, laid, padded.width, dy, dw, pack);
    } else {
      weightGradient(op, x, op.inW, dy, dw, pack);
    }
    if (!op.dx) continue;
    const int32_t size = padded.height * padded.width * op.inC;
    for (int32_t i = 0; i < size; i++) laidGradient[i] = 0.0f;
    inputGradient(op, padded.width, turned, dy, laidGradient, pack);
    addUnpadded(op, padded, laidGradient, op.dx + n * inputSizeOf(op), (op.accumulate & kAccumulateDx) != 0);
  }
}

}  // namespace train
}  // namespace dormouse
