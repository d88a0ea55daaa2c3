/** Moves sensor frames from their rings, and pictures, to whoever uses them: text lines, stream, recogniser.
 */
#include "device.h"
#include "text_line.h"

namespace dormouse {
namespace device {

void Device::startText() {
  const int sensor = hub_.first(SensorKind::kMotion);
  if (sensor < 0) return;
  const uint8_t id = static_cast<uint8_t>(sensor);
  hub_.take(id, kForText, hub_.info(id).ratesMilliHz[0]);
}

void Device::printText(uint8_t sensor, const int16_t* frames, uint32_t count) {
  const SensorInfo& info = hub_.info(sensor);
  for (uint32_t i = 0; i < count; i++, frames += info.axisCount) {
    TextLine line;
    for (uint8_t axis = 0; axis < info.axisCount; axis++) {
      if (axis > 0) line.add(",");
      line.add(static_cast<float>(frames[axis]) * info.axes[axis].scale);
    }
    line.add("\r\n");
    if (!link_.putText(line.text(), line.length())) return;  // nobody reads: text lines may be lost
  }
}

void Device::pump(uint8_t sensor) {
  capture::Ring& ring = hub_.ring(sensor);
  const bool streaming = streams_.on(sensor);
  const uint32_t block = streaming ? streams_.framesPerEvent(sensor) : 64;
  // Only what waits now: frames that come while a slow model computes are for the next loop, or none would
  // ever listen to the host again.
  const uint32_t due = ring.waiting();
  for (uint32_t done = 0; done < due;) {
    const int16_t* frames;
    uint32_t index;
    uint32_t count = ring.peek(&frames, &index);
    if (count == 0) return;
    // A stream waits for a whole block, unless a gap or the ring's end cuts it short.
    if (streaming && count < block && count == ring.waiting()) return;
    if (count > block) count = block;
    const bool sendable = streaming && streams_.canSend(sensor, count);
    if (streaming && !sendable && !hub_.used(sensor, kForRun)) return;
    if (sendable) {
      streams_.send(sensor, frames, count, index);
      link_.flush();
    } else if (streaming) {
      streams_.lose(sensor, count);
    }
    if (hub_.used(sensor, kForText)) printText(sensor, frames, count);
    if (run_.on() && run_.sensor() == sensor) run_.feed(frames, count, index, ring.waiting() - count);
    ring.take(count);
    done += count;
  }
}

void Device::pumpPictures(uint8_t sensor) {
  const bool fresh = !pictures_.holds() && pictures_.take(sensor);
  if (!pictures_.holds() || pictures_.of() != sensor) return;  // none, or another camera's is on its way
  // Where pictures are streamed too, the recogniser sees those that are sent.
  if (fresh && run_.on() && run_.sensor() == sensor) run_.see(pictures_.shot());
  if (!pictures_.on(sensor) || pictures_.send()) pictures_.release();
}

}  // namespace device
}  // namespace dormouse
