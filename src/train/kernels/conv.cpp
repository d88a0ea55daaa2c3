// Convolutions over [height, width, channels] (a 1-D convolution has height 1). An example is laid out once
// with zeros around it; then its windows are the rows of one matrix product, read in place, and so are, at
// stride 1, the windows of dy that make dx.
#include "gemm.h"
#include "layers.h"

namespace dormouse {
namespace train {
namespace {

// An image with zeros around it.
struct Frame {
  int32_t height, width, channels;  // with the zeros
  int32_t top, left;
  int32_t innerH, innerW;  // of the image
  bool needed() const { return top != 0 || left != 0 || height > innerH || width > innerW; }
  // With slack for what gemm() may read past a row's end.
  int32_t size() const { return height * width * channels + 8; }
};

// What the windows reach of x.
Frame inputFrame(const Op& op) {
  return {(op.outH - 1) * op.sH + op.kH,
          (op.outW - 1) * op.sW + op.kW,
          op.inC,
          op.padTop,
          op.padLeft,
          op.inH,
          op.inW};
}

// dy, so that a window of the kernel's size stands around every input.
Frame gradientFrame(const Op& op) {
  return {op.inH + op.kH - 1,
          op.inW + op.kW - 1,
          op.outC,
          op.kH - 1 - op.padTop,
          op.kW - 1 - op.padLeft,
          op.outH,
          op.outW};
}

// Copies one example into the middle of zeros; where the frame never reaches its last rows or columns they
// stay out.
void layOut(const Frame& frame, const float* x, float* out) {
  const int32_t rowSize = frame.width * frame.channels;
  const int32_t before = frame.left * frame.channels;
  const int32_t inner = frame.innerW * frame.channels;
  const int32_t copied = before + inner > rowSize ? rowSize - before : inner;
  for (int32_t y = 0; y < frame.height; y++) {
    float* row = out + y * rowSize;
    const int32_t from = y - frame.top;
    if (from < 0 || from >= frame.innerH) {
      __builtin_memset(row, 0, static_cast<uint32_t>(rowSize) * sizeof(float));
      continue;
    }
    for (int32_t i = 0; i < before; i++) row[i] = 0.0f;
    __builtin_memcpy(row + before, x + from * inner, static_cast<uint32_t>(copied) * sizeof(float));
    for (int32_t i = before + copied; i < rowSize; i++) row[i] = 0.0f;
  }
}

// The way back: the part of the frame that lies on the image.
void takeInner(const Frame& frame, const float* in, float* dx, bool accumulate) {
  const int32_t rowSize = frame.width * frame.channels;
  const int32_t before = frame.left * frame.channels;
  const int32_t inner = frame.innerW * frame.channels;
  for (int32_t y = 0; y < frame.innerH; y++) {
    const int32_t from = y + frame.top;
    float* row = dx + y * inner;
    int32_t copied = from < frame.height ? inner : 0;
    if (copied && before + copied > rowSize) copied = rowSize - before;
    const float* source = in + from * rowSize + before;
    if (accumulate) {
      for (int32_t i = 0; i < copied; i++) row[i] += source[i];
    } else {
      for (int32_t i = 0; i < copied; i++) row[i] = source[i];
      for (int32_t i = copied; i < inner; i++) row[i] = 0.0f;
    }
  }
}

// y of one example whose frame is x.
Gemm forwardJob(const Op& op, const float* x, int32_t width, float* y) {
  Gemm job = {op.outH * op.outW,
              op.outC,
              op.kH * op.kW * op.inC,
              x,
              op.sW * op.inC,
              1,
              op.w,
              op.outC,
              y,
              op.outC,
              false,
              op.b,
              op.activation};
  job.perLine = op.outW;
  job.aLine = op.sH * width * op.inC;
  job.cLine = op.outW * op.outC;
  job.segment = op.kW * op.inC;
  job.aSegment = width * op.inC;
  return job;
}

// One example's share of dw.
void weightGradient(const Op& op, const float* x, int32_t width, const float* dy, float* dw, bool accumulate,
                    float* pack) {
  Gemm job = {op.kH * op.kW * op.inC,
              op.outC,
              op.outH * op.outW,
              x,
              1,
              op.sW * op.inC,
              dy,
              op.outC,
              dw,
              op.outC,
              accumulate,
              nullptr,
              kNone};
  job.across = true;
  job.perLine = op.outW;
  job.aLine = op.sH * width * op.inC;
  job.segment = op.kW * op.inC;
  job.aSegment = width * op.inC;
  gemm(job, pack);
}

// dx at stride 1: the windows of dy's frame times the kernel turned over, [kH][kW][outC][inC].
Gemm inputJob(const Op& op, const float* dy, const float* turned, float* dx) {
  const Frame frame = gradientFrame(op);
  Gemm job = {op.inH * op.inW,
              op.inC,
              op.kH * op.kW * op.outC,
              dy,
              op.outC,
              1,
              turned,
              op.inC,
              dx,
              op.inC,
              (op.accumulate & kAccumulateDx) != 0,
              nullptr,
              kNone};
  job.perLine = op.inW;
  job.aLine = frame.width * op.outC;
  job.cLine = op.inW * op.inC;
  job.segment = op.kW * op.outC;
  job.aSegment = frame.width * op.outC;
  return job;
}

void turnOver(const Op& op, float* out) {
  const int32_t taps = op.kH * op.kW;
  for (int32_t tap = 0; tap < taps; tap++) {
    const float* w = op.w + (taps - 1 - tap) * op.inC * op.outC;
    for (int32_t i = 0; i < op.inC; i++)
      for (int32_t o = 0; o < op.outC; o++) out[(tap * op.outC + o) * op.inC + i] = w[i * op.outC + o];
  }
}

// dx at larger strides: what each place of the window adds to the frame of x. `packed` holds w^T per place.
Gemm placeJob(const Op& op, int32_t tap, const float* dy, int32_t width, float* frame) {
  float* c = frame + (tap / op.kW * width + tap % op.kW) * op.inC;
  Gemm job = {op.outH * op.outW, op.inC, op.outC,        dy,   op.outC, 1,    op.w + tap * op.inC * op.outC,
              op.outC,           c,      op.sW * op.inC, true, nullptr, kNone};
  job.turned = true;
  job.perLine = op.outW;
  job.aLine = op.outW * op.outC;
  job.cLine = op.sH * width * op.inC;
  return job;
}

// The scratch of one backward pass; src/train/plan.ts reserves it.
struct Room {
  float* pack;
  float* packed;    // the kernel as gemm() wants it
  float* turned;    // the kernel turned over
  float* input;     // x with zeros
  float* gradient;  // dy or dx with zeros
};

Room roomOf(const Op& op, float* scratch) {
  const int32_t taps = op.kH * op.kW;
  const int32_t forward = packedSizeOf(taps * op.inC, op.outC);
  const int32_t backward = packedSizeOf(taps * op.outC, op.inC);
  Room room;
  room.pack = scratch;
  const int32_t tile = 4 * taps * (op.inC > op.outC ? op.inC : op.outC);
  room.packed = scratch + kGemmScratch + tile;
  room.turned = room.packed + (forward > backward ? forward : backward);
  room.input = room.turned + taps * op.inC * op.outC + 8;
  room.gradient = room.input + inputFrame(op).size();
  return room;
}

struct InputGradient {
  const Op& op;
  const Room& room;
  bool sliding;  // stride 1

  InputGradient(const Op& layer, const Room& its) : op(layer), room(its), sliding(op.sH == 1 && op.sW == 1) {
    if (sliding) {
      turnOver(op, room.turned);
      packMatrix(inputJob(op, nullptr, room.turned, nullptr), room.packed);
      return;
    }
    for (int32_t tap = 0; tap < op.kH * op.kW; tap++)
      packMatrix(placeJob(op, tap, nullptr, 0, nullptr), room.packed + tap * packedSizeOf(op.outC, op.inC));
  }

  void of(const float* dy, float* dx) const {
    if (sliding) {
      const Frame frame = gradientFrame(op);
      if (frame.needed()) layOut(frame, dy, room.gradient);
      Gemm job = inputJob(op, frame.needed() ? room.gradient : dy, room.turned, dx);
      job.packed = room.packed;
      gemm(job, room.pack);
      return;
    }
    const Frame frame = inputFrame(op);
    __builtin_memset(room.gradient, 0, static_cast<uint32_t>(frame.size()) * sizeof(float));
    for (int32_t tap = 0; tap < op.kH * op.kW; tap++) {
      Gemm job = placeJob(op, tap, dy, frame.width, room.gradient);
      job.packed = room.packed + tap * packedSizeOf(op.outC, op.inC);
      gemm(job, room.pack);
    }
    takeInner(frame, room.gradient, dx, (op.accumulate & kAccumulateDx) != 0);
  }
};

}  // namespace

void convForward(const Op& op, const Shard& shard) {
  const Frame frame = inputFrame(op);
  const Room room = roomOf(op, shard.scratch);
  if (shard.first < shard.last) packMatrix(forwardJob(op, nullptr, 0, nullptr), room.packed);
  for (int32_t n = shard.first; n < shard.last; n++) {
    const float* x = op.x + n * inputSizeOf(op);
    if (frame.needed()) layOut(frame, x, room.input);
    Gemm job = forwardJob(op, frame.needed() ? room.input : x, frame.needed() ? frame.width : op.inW,
                          op.y + n * outputSizeOf(op));
    job.packed = room.packed;
    gemm(job, room.pack);
  }
}

void convBackward(const Op& op, const Shard& shard) {
  const Frame frame = inputFrame(op);
  const Room room = roomOf(op, shard.scratch);
  const int32_t rows = shard.last - shard.first;
  float* first = op.dy + shard.first * outputSizeOf(op);
  maskByActivation(first, op.y + shard.first * outputSizeOf(op), rows * outputSizeOf(op), op.activation);
  if (op.dw) {
    float* dw = op.dw + shard.gradOffset;
    if (op.db) sumRows(first, rows * op.outH * op.outW, op.outC, op.db + shard.gradOffset);
    if (rows <= 0)
      __builtin_memset(dw, 0, static_cast<uint32_t>(op.kH * op.kW * op.inC * op.outC) * sizeof(float));
    for (int32_t n = shard.first; n < shard.last; n++) {
      const float* x = op.x + n * inputSizeOf(op);
      if (frame.needed()) layOut(frame, x, room.input);
      weightGradient(op, frame.needed() ? room.input : x, frame.needed() ? frame.width : op.inW,
                     op.dy + n * outputSizeOf(op), dw, n > shard.first, room.pack);
    }
  }
  if (!op.dx || rows <= 0) return;
  const InputGradient gradient(op, room);
  for (int32_t n = shard.first; n < shard.last; n++)
    gradient.of(op.dy + n * outputSizeOf(op), op.dx + n * inputSizeOf(op));
}

}  // namespace train
}  // namespace dormouse
