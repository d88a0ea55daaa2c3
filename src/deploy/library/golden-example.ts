/** The example that every library has: one stored window, and whether it is answered to the bit as in the app. */
import type { Picture } from '../../core';
import { bytes, floatText, floats, integers, rows } from './c-text';
import type { LibraryModel } from './model';

const formats: Readonly<Record<Picture['format'], string>> = {
  gray8: 'kGray8',
  rgb565: 'kRgb565',
  rgb888: 'kRgb888',
};

function declared(model: LibraryModel): string {
  const { golden, way } = model;
  if (golden?.picture) {
    const { width, height, format, bytes: pixels } = golden.picture;
    return `const uint8_t kPixels[] = {
${bytes(pixels)}
};
const dormouse_model::Picture kPicture = {kPixels, ${width}, ${height}, dormouse_model::PixelFormat::${formats[format]}};`;
  }
  if (golden?.sound) {
    const type = way === 'sound' ? 'int16_t' : 'float';
    return `/** Repeated until the window is full. */
const ${type} kSound[] = {
${way === 'sound' ? integers(golden.sound) : floats(golden.sound)}
};
const uint32_t kSoundFrames = ${golden.sound.length / model.manifest.axes.length};`;
  }
  return `const float kWindow[] = {
${floats(golden?.window ?? [])}
};`;
}

function answered({ golden, way }: LibraryModel): string {
  if (golden?.picture) return '  return dormouse_model::classify(kPicture, result);';
  if (!golden?.sound) return '  return dormouse_model::classify(kWindow, result);';
  if (way === 'sound')
    return `  while (!dormouse_model::ready()) {
    for (uint32_t at = 0; at < kSoundFrames && !dormouse_model::ready();)
      at += dormouse_model::push(kSound + at, kSoundFrames - at);
  }
  return dormouse_model::classify(result);`;
  return `  for (uint32_t i = 0; !dormouse_model::ready(); i = i + 1 == kSoundFrames ? 0 : i + 1)
    dormouse_model::push(kSound + i * dormouse_model::kAxes);
  return dormouse_model::classify(result);`;
}

/** C++ that compares the anomaly score, where there is one and it is a number. */
function sameScore({ golden }: LibraryModel): string {
  const score = golden?.score;
  if (score === undefined || !Number.isFinite(score)) return '(void)result;';
  return `if (!(result.anomaly == ${floatText(score)})) return false;`;
}

/** golden.h: the window and what the app answered for it. */
export function goldenHeader(model: LibraryModel): string {
  const output = [...(model.golden?.output ?? [])];
  return `/** One window that was not learned from, and what Dormouse answers for it. */
#ifndef DORMOUSE_GOLDEN_H
#define DORMOUSE_GOLDEN_H

#include <${model.name}.h>

namespace golden {

${declared(model)}

const uint32_t kOutputBytes = ${output.length};
const int8_t kOutput[] = {
${output.length > 0 ? rows(output.map(String), 16) : '    0,'}
};

/** After init(). */
inline dormouse_model::Status classify(dormouse_model::Result* result) {
${answered(model)}
}

/** Whether that is what Dormouse computes, to the bit. */
inline bool same(const dormouse_model::Result& result) {
  ${sameScore(model)}
  uint32_t bytes = 0;
  const int8_t* const output = dormouse_model::rawOutput(&bytes);
  if (bytes != kOutputBytes) return false;
  for (uint32_t i = 0; i < bytes; i++) {
    if (output[i] != kOutput[i]) return false;
  }
  return true;
}

}  // namespace golden

#endif
`;
}

/** For a computer. */
export const goldenMain =
  (): string => `/** Prints what the model answers for the stored window; fails where it is not what Dormouse answers. */
#include <stdio.h>

#include "golden.h"

int main() {
  dormouse_model::Result result;
  if (dormouse_model::init() != dormouse_model::Status::kOk ||
      golden::classify(&result) != dormouse_model::Status::kOk) {
    printf("The model cannot be run.\\n");
    return 2;
  }
  for (uint32_t i = 0; i < dormouse_model::kLabels; i++)
    printf("%-20s %.4f\\n", dormouse_model::labelName(static_cast<int16_t>(i)), static_cast<double>(result.scores[i]));
  printf("unusual              %.4f\\n", static_cast<double>(result.anomaly));
  printf("answer: %s\\n", result.label == dormouse_model::kNothing ? "(nothing)" : result.name);
  printf(golden::same(result) ? "the same bits as in Dormouse\\n" : "OTHER bits than in Dormouse\\n");
  return golden::same(result) ? 0 : 1;
}
`;

/** For any Arduino. */
export const goldenSketch =
  (): string => `// Runs the stored window again and again and prints the answer, whether it is the one that Dormouse gives to the
// bit, and how long it took. Needs no sensor.
#include "golden.h"

void setup() {
  Serial.begin(115200);
  while (!Serial && millis() < 4000) {
  }
  if (dormouse_model::init() != dormouse_model::Status::kOk) Serial.println("The model cannot be run.");
}

void loop() {
  dormouse_model::Result result;
  const unsigned long begun = micros();
  const dormouse_model::Status status = golden::classify(&result);
  const unsigned long taken = micros() - begun;
  dormouse_model::reset();
  if (status == dormouse_model::Status::kOk) {
    for (uint32_t i = 0; i < dormouse_model::kLabels; i++) {
      Serial.print(dormouse_model::labelName(static_cast<int16_t>(i)));
      Serial.print(": ");
      Serial.println(result.scores[i], 4);
    }
    Serial.print(golden::same(result) ? "the same bits as in Dormouse, " : "OTHER bits than in Dormouse, ");
    Serial.print(taken);
    Serial.println(" us");
  }
  delay(2000);
}
`;
