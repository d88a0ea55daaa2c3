// Answers windows out of a job with an exported library: one line per window. The job: u32 count, u32 width
// of pictures (0 otherwise), u32 bytes of each window, then the windows (float32 values, int16 samples, or
// RGB888 pixels), each padded to 4. Compiled with -DPROBE_SOUND or -DPROBE_PICTURE, and -include of the
// library's header.
#ifndef DORMOUSE_TEST_LIBRARY_PROBE_H
#define DORMOUSE_TEST_LIBRARY_PROBE_H

#include <stdint.h>
#include <string.h>

namespace probe {

struct Line {
  int status;
  int label;
  uint32_t anomaly;  // float bits
  uint32_t hash;     // FNV-1a of the network's output
};

inline uint32_t word(const uint8_t* bytes) {
  uint32_t value;
  memcpy(&value, bytes, sizeof value);
  return value;
}

inline dormouse_model::Status classify(const uint8_t* bytes, uint32_t count, uint32_t width,
                                       dormouse_model::Result* result) {
#if defined(PROBE_SOUND)
  (void)count, (void)width;
  return dormouse_model::classify(reinterpret_cast<const int16_t*>(bytes), result);
#elif defined(PROBE_PICTURE)
  const dormouse_model::Picture picture = {bytes, static_cast<uint16_t>(width),
                                           static_cast<uint16_t>(count / 3 / width),
                                           dormouse_model::PixelFormat::kRgb888};
  return dormouse_model::classify(picture, result);
#else
  // Frame by frame, as a sensor gives them.
  (void)count, (void)width;
  const float* const values = reinterpret_cast<const float*>(bytes);
  for (uint32_t i = 0; i < dormouse_model::kWindowFrames; i++)
    dormouse_model::push(values + i * dormouse_model::kAxes);
  return dormouse_model::classify(result);
#endif
}

template <typename Report>
int answerAll(const uint8_t* job, Report report) {
  const uint32_t count = word(job), width = word(job + 4), bytes = word(job + 8);
  if (dormouse_model::init() != dormouse_model::Status::kOk) return 1;
  const uint8_t* at = job + 12;
  for (uint32_t i = 0; i < count; i++, at += (bytes + 3) & ~3u) {
    dormouse_model::Result result;
    memset(&result, 0, sizeof result);
    dormouse_model::reset();
    Line line;
    line.status = static_cast<int>(classify(at, bytes, width, &result));
    line.label = result.label;
    memcpy(&line.anomaly, &result.anomaly, 4);
    line.hash = 2166136261u;
    uint32_t length = 0;
    const int8_t* const output = dormouse_model::rawOutput(&length);
    for (uint32_t k = 0; k < length; k++)
      line.hash = (line.hash ^ static_cast<uint8_t>(output[k])) * 16777619u;
    report(line);
  }
  return 0;
}

}  // namespace probe

#endif
