/** Slides the window, runs the model, smooths and reports. */
#include "live_run.h"

#include "../math/math.h"

namespace dormouse {
namespace device {

void LiveRun::begin(SensorHub* hub, Link* link, Recogniser* recogniser, System* system) {
  hub_ = hub;
  link_ = link;
  recogniser_ = recogniser;
  system_ = system;
  on_ = false;
  sendWindows_ = false;
  sensor_ = 0;
}

static bool sameKind(SensorKind kind, wire::Text name) {
  return wire::same(name, kind == SensorKind::kMotion   ? "motion"
                          : kind == SensorKind::kAudio  ? "audio"
                          : kind == SensorKind::kCamera ? "camera"
                                                        : "other");
}

bool LiveRun::mapAxes(uint8_t sensor, TextLine* missing) {
  const SensorInfo& info = hub_->info(sensor);
  const slot::Manifest& manifest = recogniser_->manifest();
  for (uint32_t i = 0; i < manifest.axes; i++) {
    uint8_t axis = 0;
    while (axis < info.axisCount && !wire::same(manifest.axisNames[i], info.axes[axis].name)) axis++;
    if (axis == info.axisCount) {
      missing->add("The sensor has no axis ")
          .add(manifest.axisNames[i])
          .add(", which the model was trained with.");
      return false;
    }
    if (manifest.axisUnits[i].length != 0 && !wire::same(manifest.axisUnits[i], info.axes[axis].units)) {
      missing->add("The model was trained with ")
          .add(manifest.axisNames[i])
          .add(" in ")
          .add(manifest.axisUnits[i]);
      missing->add(", the sensor gives ").add(info.axes[axis].units).add(".");
      return false;
    }
    axisOf_[i] = axis;
  }
  return true;
}

bool LiveRun::findSensor(TextLine* why) {
  for (uint8_t i = 0; i < hub_->count(); i++) {
    if (!sameKind(hub_->info(i).kind, recogniser_->manifest().sensor)) continue;
    *why = TextLine();
    sensor_ = i;
    if (sees() || mapAxes(i, why)) return true;
  }
  if (why->length() == 0) why->add("This board has no ").add(recogniser_->manifest().sensor).add(" sensor.");
  return false;
}

static uint32_t apart(uint32_t a, uint32_t b) { return a > b ? a - b : b - a; }

static bool closeTo(uint32_t rate, uint32_t wanted) { return apart(rate, wanted) <= wanted / 100; }

/** "119 Hz", "62.500 Hz". */
static TextLine& addHertz(TextLine& line, uint32_t milliHertz) {
  if (milliHertz % 1000 == 0)
    line.add(milliHertz / 1000);
  else
    line.add(static_cast<float>(milliHertz) / 1000.0f);
  return line.add(" Hz");
}

/** Of the rates that the sensor says it has. */
static uint32_t nearestRate(const SensorInfo& info, uint32_t wanted) {
  uint32_t best = info.ratesMilliHz[0];
  for (uint8_t i = 1; i < info.rateCount; i++) {
    if (apart(info.ratesMilliHz[i], wanted) < apart(best, wanted)) best = info.ratesMilliHz[i];
  }
  return best;
}

static bool refuseRate(uint32_t wanted, uint32_t nearest, TextLine* why) {
  addHertz(why->add("The model was trained at "), wanted)
      .add(", the nearest rate of this board's sensor is ");
  addHertz(*why, nearest).add(".");
  return false;
}

/** Starts the sensor at the model's rate, or joins those who use it already if their rate is as good. */
bool LiveRun::takeSensor(TextLine* why) {
  const uint32_t wanted = recogniser_->manifest().rateMilliHz;
  const uint32_t nearest = nearestRate(hub_->info(sensor_), wanted);
  if (!closeTo(nearest, wanted)) return refuseRate(wanted, nearest, why);
  const bool joins = hub_->running(sensor_);
  const uint32_t asked = joins ? hub_->rate(sensor_) : wanted;
  if (joins && !closeTo(asked, wanted)) {
    addHertz(why->add("The sensor streams at "), asked).add(", the model was trained at ");
    addHertz(*why, wanted).add(": stop the stream first.");
    return false;
  }
  if (hub_->take(sensor_, kForRun, asked) != SensorHub::Taken::kYes) {
    addHertz(why->add("The sensor did not start at "), wanted).add(".");
    return false;
  }
  if (closeTo(hub_->rate(sensor_), wanted)) return true;
  refuseRate(wanted, hub_->rate(sensor_), why);
  hub_->leave(sensor_, kForRun);
  return false;
}

/** A camera at whatever rate it has nearest: what it sees does not change with it. */
bool LiveRun::takeCamera(TextLine* why) {
  const uint32_t wanted = nearestRate(hub_->info(sensor_), recogniser_->manifest().rateMilliHz);
  const uint32_t asked = hub_->running(sensor_) ? hub_->rate(sensor_) : wanted;
  if (hub_->take(sensor_, kForRun, asked) == SensorHub::Taken::kYes) return true;
  why->add("The camera did not start.");
  return false;
}

bool LiveRun::start(bool sendWindows, TextLine* why) {
  if (!findSensor(why) || !(sees() ? takeCamera(why) : takeSensor(why))) return false;
  const int16_t* unused;
  uint32_t index = 0;
  if (!sees() && hub_->ring(sensor_).peek(&unused, &index) == 0) index = hub_->ring(sensor_).pushedIndex();
  base_ = index;
  based_ = !sees();
  number_ = 0;
  due_ = sees() ? 0 : recogniser_->manifest().window;
  if (streams() && !recogniser_->beginSound(hub_->info(sensor_).axes[axisOf_[0]].scale)) {
    hub_->leave(sensor_, kForRun);
    why->add(recogniser_->error());
    return false;
  }
  if (sees())
    recogniser_->judge().reset();
  else
    restartWindow(index);
  recogniser_->forget();
  sendWindows_ = sendWindows;
  windowNumber_ = 0;
  windowSent_ = recogniser_->inputBytes();
  on_ = true;
  return true;
}

void LiveRun::stop() {
  if (!on_) return;
  on_ = false;
  hub_->leave(sensor_, kForRun);
}

/** Begins an empty window at this frame: its first end that lies on a stride is the next one due. */
void LiveRun::restartWindow(uint32_t index) {
  const slot::Manifest& manifest = recogniser_->manifest();
  expected_ = index;
  at_ = 0;
  filled_ = 0;
  recogniser_->judge().reset();
  const uint32_t frame = index - base_;
  while (static_cast<int32_t>(frame - (due_ - manifest.window)) > 0) {
    due_ += manifest.stride;
    number_++;
  }
  if (!streams()) return;
  skip_ = due_ - manifest.window - frame;
  recogniser_->restartSound();
}

void LiveRun::append(const int16_t* frames, uint32_t count) {
  const slot::Manifest& manifest = recogniser_->manifest();
  const uint32_t sensorAxes = hub_->info(sensor_).axisCount;
  for (uint32_t i = 0; i < count; i++, frames += sensorAxes) {
    int16_t* target = recogniser_->sliding() + at_ * manifest.axes;
    for (uint32_t axis = 0; axis < manifest.axes; axis++) target[axis] = frames[axisOf_[axis]];
    at_ = at_ + 1 == manifest.window ? 0 : at_ + 1;
  }
  filled_ = filled_ + count < manifest.window ? filled_ + count : manifest.window;
  expected_ += count;
}

/** The next frames of the one axis that is heard; returns how many were taken: those up to the window's end.
 */
uint32_t LiveRun::hear(const int16_t* frames, uint32_t count) {
  const uint32_t axes = hub_->info(sensor_).axisCount;
  if (skip_ > 0) {
    if (count > skip_) count = skip_;
    skip_ -= count;
    return count;
  }
  if (axes == 1) return recogniser_->pushSound(frames, count);
  int16_t piece[32];
  if (count > 32) count = 32;
  for (uint32_t i = 0; i < count; i++) piece[i] = frames[i * axes + axisOf_[0]];
  return recogniser_->pushSound(piece, count);
}

/** Sound as it comes: each window that gets whole is run, and every sample is heard even where one is
 * skipped. */
void LiveRun::feedSound(const int16_t* frames, uint32_t count, uint32_t waitingBehind) {
  const slot::Manifest& manifest = recogniser_->manifest();
  while (count > 0) {
    const uint32_t taken = hear(frames, count);
    frames += taken * hub_->info(sensor_).axisCount;
    count -= taken;
    expected_ += taken;
    if (!recogniser_->soundReady()) continue;
    if (count + waitingBehind > manifest.stride)
      recogniser_->skipSound();
    else
      tell(recogniser_->fromSound(), microsAt(expected_ - 1));
    due_ += manifest.stride;
    number_++;
  }
}

void LiveRun::see(const capture::Shot& shot) {
  const slot::Manifest& manifest = recogniser_->manifest();
  if (!based_) base_ = shot.number;
  based_ = true;
  const uint32_t count = shot.number - base_;
  if (count < due_) return;
  number_ = count / manifest.stride;
  due_ = (number_ + 1) * manifest.stride;
  const dsp::Picture picture = {shot.picture.bytes, shot.picture.width, shot.picture.height,
                                static_cast<uint8_t>(shot.picture.format)};
  tell(recogniser_->fromPicture(picture), shot.micros);
}

uint64_t LiveRun::microsAt(uint32_t index) {
  return hub_->ring(sensor_).microsAt(index, hub_->rate(sensor_));
}

void LiveRun::feed(const int16_t* frames, uint32_t count, uint32_t index, uint32_t waitingBehind) {
  const slot::Manifest& manifest = recogniser_->manifest();
  const uint32_t sensorAxes = hub_->info(sensor_).axisCount;
  if (index != expected_) restartWindow(index);
  if (streams()) return feedSound(frames, count, waitingBehind);
  while (count > 0) {
    const uint32_t toDue = due_ - (expected_ - base_);
    const uint32_t piece = count < toDue ? count : toDue;
    append(frames, piece);
    frames += piece * sensorAxes;
    count -= piece;
    if (piece < toDue) return;
    // A board that cannot keep up skips windows rather than frames: what it shows is as new as it can be.
    const bool behind = count + waitingBehind > manifest.stride;
    if (!behind && filled_ == manifest.window) infer(expected_ - 1);
    due_ += manifest.stride;
    number_++;
  }
}

void LiveRun::infer(uint32_t lastIndex) {
  const slot::Manifest& manifest = recogniser_->manifest();
  const SensorInfo& info = hub_->info(sensor_);
  const int16_t* sliding = recogniser_->sliding();
  float* window = recogniser_->window();
  uint32_t frame = at_;  // the oldest
  for (uint32_t i = 0; i < manifest.window; i++) {
    for (uint32_t axis = 0; axis < manifest.axes; axis++) {
      const float raw = static_cast<float>(sliding[frame * manifest.axes + axis]);
      *window++ = raw * info.axes[axisOf_[axis]].scale;
    }
    frame = frame + 1 == manifest.window ? 0 : frame + 1;
  }
  tell(recogniser_->fromWindow(), microsAt(lastIndex));
}

/** What came out of one inference. */
void LiveRun::tell(bool done, uint64_t micros) {
  if (!done) return link_->loseEvent();
  const int16_t label = recogniser_->judge().add(recogniser_->scores(), recogniser_->anomalyRatio());
  system_->recognised(label);
  sendResult(micros, label);
}

void LiveRun::sendResult(uint64_t micros, int16_t label) {
  const uint32_t scores = recogniser_->scoreCount();
  const uint32_t bytes = 22 + scores + (recogniser_->hasAnomaly() ? 4u : 0u);
  windowSent_ = recogniser_->inputBytes();  // an older input that was not sent in time is cut short
  if (!link_->canSend(bytes)) return link_->loseEvent();
  wire::FrameWriter& event = link_->openEvent(kResult, static_cast<uint16_t>(bytes));
  event.put32(number_);
  event.put64(micros);
  event.put32(recogniser_->dspMicros());
  event.put32(recogniser_->modelMicros());
  const uint8_t tail[2] = {static_cast<uint8_t>(label), static_cast<uint8_t>(scores)};
  event.put(tail, sizeof tail);
  event.put(recogniser_->scores(), scores);
  if (recogniser_->hasAnomaly()) event.put32(math::bitsOf(recogniser_->anomalyRatio()));
  event.close();
  if (recogniser_->hasObjects()) sendObjects();
  if (!sendWindows_) return;
  windowNumber_ = number_;
  windowSent_ = 0;
  sendWindowParts();
}

/** As many as fit into one event, from the top of the picture on. */
void LiveRun::sendObjects() {
  enum : uint32_t { kHead = 5, kObject = 6, kMost = (wire::kMaxPayload - kHead) / kObject };
  int16_t least[slot::kMaxLabels];
  const objects::Grid& grid = recogniser_->grid();
  for (uint32_t label = 0; label < grid.labels; label++)
    least[label] = recogniser_->judge().leastScore(label);
  objects::Object object;
  uint32_t count = 0;
  for (uint32_t cell = 0; count < kMost && objects::next(grid, least, &cell, &object);) count++;
  const uint32_t bytes = kHead + count * kObject;
  if (!link_->canSend(bytes)) return link_->loseEvent();
  wire::FrameWriter& event = link_->openEvent(kObjectsFound, static_cast<uint16_t>(bytes));
  event.put32(number_);
  const uint8_t n = static_cast<uint8_t>(count);
  event.put(&n, 1);
  for (uint32_t cell = 0; count > 0 && objects::next(grid, least, &cell, &object); count--) {
    const uint8_t found[2] = {object.label, static_cast<uint8_t>(object.score)};
    event.put(found, sizeof found);
    event.put16(object.x);
    event.put16(object.y);
  }
  event.close();
}

void LiveRun::sendWindowParts() {
  const uint32_t kHead = 12;
  const uint32_t total = recogniser_->inputBytes();
  while (on_ && windowSent_ < total) {
    uint32_t part = wire::kMaxPayload - kHead;
    if (part > total - windowSent_) part = total - windowSent_;
    if (!link_->canSend(kHead + part)) return;
    wire::FrameWriter& event = link_->openEvent(kWindow, static_cast<uint16_t>(kHead + part));
    event.put32(windowNumber_);
    event.put32(total);
    event.put32(windowSent_);
    event.put(recogniser_->input() + windowSent_, part);
    event.close();
    windowSent_ += part;
    link_->flush();
  }
}

}  // namespace device
}  // namespace dormouse
