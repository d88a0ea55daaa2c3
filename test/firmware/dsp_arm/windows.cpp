// Runs one window or picture through each of the other blocks on an emulated Cortex-M, normalised and
// quantised, and prints what it took: instructions, bytes of scratch and of stack. No job: the cases stand
// here.
#include "../arm/bare.h"
#include "dsp/dsp.h"
#include "dsp/picture.h"

using namespace bare;
using namespace dormouse;

namespace {
float window[8192];
float features[32768];
int8_t input[32768];
uint32_t scratch[8192];
uint8_t pixels[160 * 120 * 3];
uint32_t state = 1;

uint32_t next() {
  state = state * 1664525u + 1013904223u;
  return state >> 8;
}

dsp::Block defaults(uint16_t kind) {
  dsp::Block block;
  block.kind = kind;
  block.count = dsp::parameterCount(kind);
  for (uint16_t i = 0; i < block.count; i++) block.params[i] = dsp::parameterDefault(kind, i);
  return block;
}

void report(const char* name, uint32_t ticks, uint32_t bytes, uint32_t width) {
  put(name);
  put("insns", ticks * instructionsPerTick);
  put("stack", touchedStack());
  put("scratch", bytes);
  put("features", width);
  end();
}

void countWindow(const char* name, const dsp::Block& block, const dsp::Shape& shape) {
  for (uint32_t i = 0; i < shape.frames * shape.axes; i++)
    window[i] = static_cast<float>(next() % 4000u) * 0.01f - 20.0f;
  uint32_t width = 0;
  uint32_t bytes = 0;
  dsp::featureCount(block, shape, &width);
  dsp::scratchBytes(block, shape, &bytes);
  const float mean = 0.5f;
  const float inverse = 2.0f;
  paintStack();
  const uint32_t before = now();
  dsp::run(block, shape, window, features, scratch, bytes);
  dsp::normalise(features, width, &mean, &inverse, 1);
  dsp::quantise(features, width, 0.05f, 3, input);
  report(name, before - now(), bytes, width);
}

void countPicture(const char* name, float channels, uint8_t format) {
  dsp::Block block = defaults(dsp::kImage);
  block.params[2] = channels;
  dsp::Picture picture = {pixels, 160, 120, format};
  const float mean[] = {0.5f, 0.4f, 0.3f};
  const dsp::InputScale scale = {mean, mean, static_cast<uint32_t>(channels), 0.01f, 3};
  uint32_t bytes = 0;
  dsp::imageInputScratch(block, picture, scale, &bytes);
  paintStack();
  const uint32_t before = now();
  dsp::imageInput(block, picture, scale, input, scratch, bytes);
  report(name, before - now(), bytes, 96 * 96 * static_cast<uint32_t>(channels));
}
}  // namespace

void program() {
  const dsp::Shape gesture = {200, 6, 100.0f, 0};
  countWindow("raw", defaults(dsp::kRaw), gesture);
  countWindow("flatten", defaults(dsp::kFlatten), gesture);
  dsp::Block spectral = defaults(dsp::kSpectral);
  countWindow("spectral", spectral, gesture);
  spectral.params[5] = 64.0f;
  countWindow("spectral64", spectral, gesture);
  spectral.params[2] = 1.0f;
  spectral.params[3] = 20.0f;
  countWindow("filtered", spectral, gesture);
  spectral = defaults(dsp::kSpectral);
  spectral.params[8] = 1.0f;
  countWindow("wavelet", spectral, gesture);
  spectral.params[9] = 9.0f;
  countWindow("wavelet-long", spectral, gesture);
  spectral.params[10] = 2.0f;
  countWindow("wavelet-two", spectral, gesture);
  for (uint32_t i = 0; i < sizeof pixels; i++) pixels[i] = static_cast<uint8_t>(next());
  countPicture("gray8-gray", 1.0f, dsp::kGray8);
  countPicture("rgb565-gray", 1.0f, dsp::kRgb565);
  countPicture("rgb565-colour", 3.0f, dsp::kRgb565);
}
