// Sound out of a PDM microphone's bits: a modulator of the second order speaks, and what comes out is
// compared with what went in: as loud at every pitch that matters, nothing from above what a rate of 16 kHz
// can hold, little noise, no drift.
#include "../../firmware/dormouse/pdm_filter.h"

#include <math.h>

#include "check.h"

using dormouse::board::PdmFilter;

namespace {

const double kPi = 3.14159265358979323846;
const uint32_t kValues = 8000;
const uint32_t kSettled = 1600;

/** The bits of a sine, a microphone that is off its middle by `offset`. */
class Microphone {
 public:
  Microphone(double hertz, double amplitude, double offset)
      : hertz_(hertz), amplitude_(amplitude), offset_(offset), first_(0), second_(0), time_(0) {}

  uint32_t word() {
    uint32_t bits = 0;
    for (uint32_t bit = 0; bit < 32; bit++) {
      const double sound =
          offset_ + amplitude_ * sin(2 * kPi * hertz_ * static_cast<double>(time_++) / 1024000.0);
      const double out = second_ >= 0 ? 1 : -1;
      second_ += first_ - 2 * out;
      first_ += sound - out;
      bits = bits << 1 | (out > 0 ? 1u : 0u);
    }
    return bits;
  }

 private:
  double hertz_, amplitude_, offset_, first_, second_;
  uint64_t time_;
};

struct Heard {
  double level;  // of the sine itself, 1 = full scale
  double rest;   // root mean square of everything else
  double mean;
};

Heard hear(double hertz, double amplitude, double offset, double listenAt) {
  static PdmFilter filter;
  filter.begin();
  Microphone microphone(hertz, amplitude, offset);
  double sine = 0, cosine = 0, sum = 0, square = 0;
  for (uint32_t i = 0; i < kSettled + kValues; i++) {
    const uint32_t first = microphone.word();
    const double value = filter.next(first, microphone.word()) / 32768.0;
    if (i < kSettled) continue;
    const double angle = 2 * kPi * listenAt * i / 16000.0;
    sine += value * sin(angle);
    cosine += value * cos(angle);
    sum += value;
    square += value * value;
  }
  Heard heard;
  heard.mean = sum / kValues;
  heard.level = 2 * sqrt(sine * sine + cosine * cosine) / kValues;
  const double rest = square / kValues - heard.level * heard.level / 2 - heard.mean * heard.mean;
  heard.rest = sqrt(rest > 0 ? rest : 0);
  return heard;
}

double decibels(double ratio) { return 20 * log10(ratio > 1e-9 ? ratio : 1e-9); }

}  // namespace

int main() {
  // Eight times as loud as full scale of the bits; equally so up to 6 kHz.
  const double amplitude = 0.05;
  const double pitches[] = {100, 300, 1000, 2000, 4000, 6000};
  for (double hertz : pitches) {
    const Heard heard = hear(hertz, amplitude, 0, hertz);
    const double loud = decibels(heard.level / (8 * amplitude));
    CHECK(fabs(loud) < 1.0);
    // A modulator of the second order leaves about so much noise itself.
    CHECK(decibels(heard.level / sqrt(2) / heard.rest) > 50);
  }
  // What is above 8 kHz does not come back as something lower: 11 kHz would be heard as 5 kHz.
  CHECK(decibels(hear(11000, amplitude, 0, 5000).level / (8 * amplitude)) < -55);
  CHECK(decibels(hear(17000, amplitude, 0, 1000).level / (8 * amplitude)) < -55);
  // A microphone that is off its middle is heard in the middle after a second.
  CHECK(fabs(hear(1000, amplitude, 0.02, 1000).mean) < 0.01);
  // Too loud is held at the end of the scale, not wrapped round.
  const Heard loud = hear(1000, 0.5, 0, 1000);
  CHECK(loud.level > 1.0 && loud.level < 1.3);
  return check::result();
}
