// Scales, zero points, int8 weights and fixed-point factors for the weights of this step. The very rules of
// src/compress/quantize-graph.ts (in double precision, in its order), then those of the board's operators, so
// that the file written from these weights holds the same numbers.
#include "nn/multiplier.h"
#include "quantised.h"

namespace dormouse {
namespace train {
namespace {

using nn::Multiplier;

const double kSmallestScale = 1.0 / 1048576.0;
const double kScaleOfZero = 1.0 / 128.0;
const double kLargestBias = 536870912.0;
const double kLargestSum = 2147483647.0;
// Whole numbers of up to 24 bits are exact in float32, and so are their sums.
const double kFloatWhole = 16777216.0;

inline double larger(double a, double b) { return a > b ? a : b; }
inline double magnitude(double x) { return __builtin_fabs(x); }

// Half away from zero.
inline double roundAway(double x) { return __builtin_copysign(__builtin_floor(magnitude(x) + 0.5), x); }

inline int32_t channelsOfScale(const Op& op, const Quantised& q) { return q.perChannel ? op.outC : 1; }

int32_t weightsPerChannel(const Op& op) {
  const int32_t window = op.kind == kDense ? 1 : op.kH * op.kW;
  return op.kind == kDepthwise ? window : window * op.inC;
}

// quantizationOf()
Quantisation quantisationOf(const double* range, double atLeast) {
  const double min = range[0] < 0.0 ? range[0] : 0.0;
  const double max = range[1] > 0.0 ? range[1] : 0.0;
  if (!(max - min > 0.0))
    return {static_cast<float>(larger(kScaleOfZero, static_cast<double>(static_cast<float>(atLeast)))), 0};
  const float scale = static_cast<float>(larger((max - min) / 255.0, atLeast));
  const double zero = roundAway(-128.0 - min / static_cast<double>(scale));
  return {scale, zero < -128.0 ? -128 : (zero > 127.0 ? 127 : static_cast<int32_t>(zero))};
}

// weightScales(): false where a weight is not a number.
bool findScales(const Op& op, const Quantised& q) {
  const int32_t perChannel = weightsPerChannel(op);
  const double inputScale = static_cast<double>(q.in->scale);
  double* largest = q.sums;
  for (int32_t c = 0; c < op.outC; c++) largest[c] = 0.0;
  bool finite = true;
  for (int32_t i = 0; i < perChannel; i++) {
    for (int32_t c = 0; c < op.outC; c++) {
      const double weight = magnitude(static_cast<double>(op.w[i * op.outC + c]));
      finite = finite && weight < 1e300;
      largest[c] = larger(weight, largest[c]);
    }
  }
  double widest = 0.0;
  for (int32_t c = 0; c < op.outC; c++) {
    const double bias = op.b ? magnitude(static_cast<double>(op.b[c])) : 0.0;
    finite = finite && bias < 1e300;
    const float scale = static_cast<float>(larger(largest[c] / 127.0, bias / (inputScale * kLargestBias)));
    if (q.perChannel) q.scales[c] = scale;
    widest = larger(static_cast<double>(scale), widest);
  }
  if (widest == 0.0) widest = 1.0 / 127.0;
  if (!q.perChannel) {
    q.scales[0] = static_cast<float>(widest);
    return finite;
  }
  const double least = widest * (1.0 / 1099511627776.0);
  for (int32_t c = 0; c < op.outC; c++) {
    const double scale = static_cast<double>(q.scales[c]);
    q.scales[c] = static_cast<float>(scale > 0.0 ? larger(scale, least) : widest);
  }
  return finite;
}

inline double scaleOf(const Quantised& q, int32_t c) {
  return static_cast<double>(q.scales[q.perChannel ? c : 0]);
}

// Of the products that a sum is made of, as the file stores it.
inline double productScale(const Quantised& q, int32_t c) {
  return static_cast<double>(static_cast<float>(static_cast<double>(q.in->scale) * scaleOf(q, c)));
}

int32_t wholeBias(const Op& op, const Quantised& q, int32_t c) {
  if (!op.b) return 0;
  const double bias = roundAway(static_cast<double>(op.b[c]) / productScale(q, c));
  return magnitude(bias) < 2147483648.0 ? static_cast<int32_t>(bias) : 0;
}

void roundWeights(const Op& op, const Quantised& q) {
  const int32_t perChannel = weightsPerChannel(op);
  for (int32_t c = 0; c < op.outC; c++) {
    q.bias[c] = wholeBias(op, q, c);
    q.sums[c] = 0.0;
  }
  for (int32_t i = 0; i < perChannel; i++) {
    const float* from = op.w + i * op.outC;
    float* to = q.weights + i * op.outC;
    for (int32_t c = 0; c < op.outC; c++) {
      double whole = roundAway(static_cast<double>(from[c]) / scaleOf(q, c));
      whole = whole > 127.0 ? 127.0 : (whole < -127.0 ? -127.0 : whole);
      to[c] = static_cast<float>(whole);
      q.sums[c] += magnitude(whole);
    }
  }
}

// A wide layer could overflow int32 with extreme inputs: a coarser scale prevents it.
bool coarsen(const Op& op, const Quantised& q) {
  bool coarser = false;
  for (int32_t c = 0; c < op.outC; c++) {
    if (!(q.sums[c] * 255.0 + magnitude(static_cast<double>(q.bias[c])) > kLargestSum)) continue;
    q.scales[q.perChannel ? c : 0] *= 2.0f;
    coarser = true;
    if (!q.perChannel) break;
  }
  return coarser;
}

// smallestOutputScale()
double smallestOutput(const Op& op, const Quantised& q) {
  double smallest = kSmallestScale;
  for (int32_t c = 0; c < op.outC; c++) {
    const double sum = q.sums[c] * 255.0 + magnitude(static_cast<double>(q.bias[c]));
    smallest = larger((2.0 * productScale(q, c) * sum) / kLargestSum, smallest);
  }
  return smallest;
}

void store(const Quantised& q, int32_t index, const Multiplier& multiplier) {
  q.multipliers[index] = multiplier.value;
  q.shifts[index] = multiplier.shift;
}

void prepareWeighted(const Op& op, Quantised& q) {
  const bool finite = findScales(op, q);
  do roundWeights(op, q);
  while (coarsen(op, q));
  *q.out = quantisationOf(q.range, smallestOutput(op, q));
  const int32_t zero = q.in->zeroPoint;
  const double widestInput = static_cast<double>(127 - zero > zero + 128 ? 127 - zero : zero + 128);
  q.exactInFloat = 1;
  for (int32_t c = 0; c < op.outC; c++)
    if (!(q.sums[c] * widestInput < kFloatWhole)) q.exactInFloat = 0;
  const int32_t scales = channelsOfScale(op, q);
  for (int32_t c = 0; c < scales; c++) {
    // As the board's makeRequantization().
    Multiplier multiplier = {0, 0};
    nn::quantiseRatio(nn::product(q.in->scale, q.scales[c]), q.out->scale, &multiplier);
    store(q, c, multiplier);
  }
  const int32_t perChannel = weightsPerChannel(op);
  const float perInput = 1.0f / q.in->scale;
  for (int32_t i = 0; i < perChannel; i++)
    for (int32_t c = 0; c < op.outC; c++)
      q.realWeights[i * op.outC + c] =
          q.weights[i * op.outC + c] * (q.scales[q.perChannel ? c : 0] * perInput);
  // So that a training that went wrong shows in its loss, which whole numbers would hide.
  if (!finite) q.out->scale = __builtin_nanf("");
}

void prepareAddition(const Quantised& q) {
  const float first = q.in->scale;
  const float second = q.in2->scale;
  const float widest = first > second ? first : second;
  *q.out = quantisationOf(q.range, larger(static_cast<double>(widest) * (1.0 / 262144.0), kSmallestScale));
  // As the board's makeMultipliers(): first / (2 widest), second / (2 widest), 2 widest / (2^20 output scale)
  Multiplier multiplier = {0, 0};
  nn::quantiseRatio(nn::timesPowerOfTwo(nn::realOf(first), -1), widest, &multiplier);
  store(q, 0, multiplier);
  nn::quantiseRatio(nn::timesPowerOfTwo(nn::realOf(second), -1), widest, &multiplier);
  store(q, 1, multiplier);
  nn::quantiseRatio(nn::timesPowerOfTwo(nn::realOf(widest), 1 - 20), q.out->scale, &multiplier);
  store(q, 2, multiplier);
}

void prepareMean(const Op& op, const Quantised& q) {
  *q.out = quantisationOf(q.range, larger(static_cast<double>(q.in->scale) * (1.0 / 256.0), kSmallestScale));
  Multiplier multiplier = {0, 0};
  nn::quantiseRatio(nn::realOf(q.in->scale), q.out->scale, &multiplier);
  // As the board's divideBy(): the count goes into the factor, keeping as many bits as it can.
  const int32_t count = op.inH * op.inW;
  int32_t shift = 0;
  while ((count >> shift) > 1) shift++;
  if (shift > 31 + multiplier.shift) shift = 31 + multiplier.shift;
  multiplier.value = static_cast<int32_t>((static_cast<int64_t>(multiplier.value) << shift) / count);
  multiplier.shift = static_cast<int8_t>(multiplier.shift - shift);
  store(q, 0, multiplier);
}

// As the board's activationRange().
void findLimits(const Op& op, Quantised& q) {
  q.low = -128;
  q.high = 127;
  if (op.activation == kNone || q.rule == kMean) return;
  const int32_t zero = nn::quantiseValue(0.0f, q.out->scale, q.out->zeroPoint);
  q.low = zero > q.low ? zero : q.low;
  if (op.activation != kRelu6) return;
  const int32_t six = nn::quantiseValue(6.0f, q.out->scale, q.out->zeroPoint);
  q.high = six < q.high ? six : q.high;
}

}  // namespace

void prepareQuantised(const Job& job) {
  for (int32_t i = 0; i < job.opCount; i++) {
    const Op& op = job.ops[i];
    if (!op.quantised) continue;
    Quantised& q = *op.quantised;
    switch (q.rule) {
      case kQuantiseInput:
        *q.out = quantisationOf(q.range, kSmallestScale);
        break;
      case kWeighted:
        prepareWeighted(op, q);
        break;
      case kAddition:
        prepareAddition(q);
        break;
      case kMean:
        prepareMean(op, q);
        break;
      case kDequantiseOutput:
        continue;
      default:
        *q.out = *q.in;
        break;
    }
    findLimits(op, q);
  }
}

}  // namespace train
}  // namespace dormouse
