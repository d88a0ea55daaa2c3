/** The one header of an exported library, with what its users need to know about this model. */
import { plainText, floatText } from './c-text';
import { hasObjects, largestPicture, shapeOf, type LibraryModel } from './model';

const unitOf = (unit: string): string => (unit ? ` in ${plainText(unit)}` : '');

function inputText(model: LibraryModel): string[] {
  const { manifest, way } = model;
  const { frames, rateHz, width } = shapeOf(manifest);
  const { axes, units } = manifest;
  if (way === 'picture')
    return [
      `Fed with pictures of any size up to ${largestPicture.width} x ${largestPicture.height} pixels; it looks at ${width ?? 1} x ${frames / (width ?? 1)} of them.`,
    ];
  const lines = [
    `Fed with ${rateHz} frames a second; a window is ${frames} of them (${((1000 * frames) / rateHz).toFixed(0)} ms),`,
    `a new one begins every ${manifest.strideFrames}. Each frame holds, in this order:`,
    ...axes.map((axis, i) => `  ${plainText(axis)}${unitOf(units[i] ?? '')}`),
  ];
  return way === 'sound' ? [...lines, '16-bit samples as the microphone gives them.'] : lines;
}

const feeding: Readonly<Record<LibraryModel['way'], (model: LibraryModel) => string>> = {
  window: () => `/**
 * Takes one frame: kAxes values in the order and units named above. True once a whole window is there; then call
 * classify(). Takes none while one is there.
 */
bool push(const float* frame);
/** A whole window was pushed. */
bool ready();
/** The answer for the window that was pushed, which then slides on by kStrideFrames. kNotReady without one. */
Status classify(Result* result);
/** The answer for kWindowValues values of one's own, frame after frame. What was pushed stays. */
Status classify(const float* window, Result* result);`,
  sound: () => `/**
 * Takes samples up to the window's end and returns how many; features are computed while sound comes, so no window
 * is kept. Takes none once ready(): call classify(), then push the rest.
 */
uint32_t push(const int16_t* samples, uint32_t count);
/** A whole window was pushed. */
bool ready();
/** The answer for the window that was pushed, which then slides on by kStrideFrames. kNotReady without one. */
Status classify(Result* result);
/** The answer for kWindowFrames samples by themselves. Forgets what was pushed. */
Status classify(const int16_t* window, Result* result);`,
  picture: () => `enum class PixelFormat : uint8_t {
  kGray8 = 0,
  /** Red in the high bits, low byte first. */
  kRgb565 = 1,
  kRgb888 = 2
};

/** Row by row from the top left, without padding. */
struct Picture {
  const uint8_t* bytes;
  uint16_t width;
  uint16_t height;
  PixelFormat format;
};

/** Takes the model's part of the picture, straight from its bytes. kBadPicture where it is too large. */
Status classify(const Picture& picture, Result* result);`,
};

const objectsText = `
/** One of the things seen in the last picture. */
struct Object {
  int16_t label;
  const char* name;
  /** 0 to 1. */
  float score;
  /** Its middle: 0, 0 is the picture's top left, 1, 1 its bottom right. */
  float x;
  float y;
};

/** uint32_t cell = 0; Object object; while (nextObject(&cell, &object)) ...; after classify(). */
bool nextObject(uint32_t* cell, Object* object);
`;

function anomalyText({ manifest: { anomaly } }: LibraryModel): string {
  return anomaly
    ? 'How unusual: score / threshold. Above 1 is unusual.'
    : '0: this model does not tell what is unusual.';
}

export function apiHeader(model: LibraryModel): string {
  const { name, manifest } = model;
  const { frames, axes, rateHz } = shapeOf(manifest);
  const guard = `${name.toUpperCase()}_H`;
  return `/**
 * ${plainText(manifest.name)}: a model of Dormouse as a library. C++11; no heap, no exceptions, nothing but stdint.h.
 *
${inputText(model)
  .map((line) => ` * ${line}`)
  .join('\n')}
 *
 * All memory is static, so there is one model, and it is not for several threads. Only one library of this kind goes
 * into a program.
 */
#ifndef ${guard}
#define ${guard}

#include <stdint.h>

namespace dormouse_model {

enum : uint32_t {
  kLabels = ${manifest.labels.length},
  kAxes = ${axes},
  kWindowFrames = ${frames},
  kWindowValues = ${frames * axes},
  kStrideFrames = ${manifest.strideFrames}
};
static const float kRateHz = ${floatText(rateHz)};

enum class Status : int8_t {
  kOk = 0,
  kNotStarted = -1,  // init() was not called, or failed
  kNotReady = -2,    // no whole window was pushed yet
  kNotFinite = -3,   // a value is not a number, or far too large
  kBadPicture = -4,  // a picture without pixels, or a larger one than this library takes
  kBroken = -5       // the library's own constants do not fit each other
};

enum : int16_t {
  kNothing = -1,  // no label reached its threshold, or it was just reported
  kUnusual = -2   // like nothing that the model was taught
};

struct Result {
  /** 0 to kLabels - 1, kNothing or kUnusual, after the smoothing and the thresholds set in Dormouse. */
  int16_t label;
  /** Of the label: "" for kNothing, "unusual" for kUnusual. */
  const char* name;
  /** Of this window alone, before smoothing${hasObjects(model) ? '; the largest of each label in the picture' : ''}. 0 to 1. */
  float scores[kLabels];
  /** ${anomalyText(model)} */
  float anomaly;
};

/** Prepares the model; once, before anything else. */
Status init();
/** Forgets what was pushed and all earlier results: after a gap in the data. */
void reset();

${feeding[model.way](model)}
${hasObjects(model) ? objectsText : ''}
/** "" for kNothing and for what is no label. */
const char* labelName(int16_t label);
/** What the network put out last, int8; nullptr where there is none. To compare with other programs. */
const int8_t* rawOutput(uint32_t* bytes);

}  // namespace dormouse_model

#endif
`;
}
