/**
 * The simulated board's entry points for WebAssembly. One board per instance of the module; bytes travel
 * through one exchange buffer. `src/core/simulated-board.ts` is the only caller.
 */
#include <stdint.h>

#include "board/sim_board.h"

#define DORMOUSE_EXPORT(name) __attribute__((export_name(#name))) name

extern "C" void* core_alloc(uint32_t bytes);
extern "C" __attribute__((import_module("env"), import_name("host_micros"))) uint32_t host_micros();
/** The compiler puts it where an abstract class has no body; nothing ever calls it. */
extern "C" void __cxa_pure_virtual() { __builtin_trap(); }

using dormouse::sim::SimBoard;

static const uint32_t kExchange = 64 * 1024;
static const uint32_t kUid = 64;
static SimBoard* board = nullptr;
static uint8_t* exchange = nullptr;
static char uid[kUid];

inline void* operator new(__SIZE_TYPE__, void* place) noexcept { return place; }

extern "C" {

/** Where bytes are put before a call and read after it; sim_exchange_bytes() long. */
uint8_t* DORMOUSE_EXPORT(sim_exchange)() {
  if (!exchange) exchange = static_cast<uint8_t*>(core_alloc(kExchange));
  return exchange;
}
uint32_t DORMOUSE_EXPORT(sim_exchange_bytes)() { return kExchange; }

/** The exchange buffer holds the profile's id and then the uid. `pixels` 0 gray8, 1 RGB565. 0 done, 1 no such
 * profile, 2 no memory or no such camera. */
uint32_t DORMOUSE_EXPORT(sim_create)(uint32_t idBytes, uint32_t uidBytes, uint32_t slotBytes,
                                     uint32_t modelRam, uint32_t testSignal, uint32_t cameraWidth,
                                     uint32_t cameraHeight, uint32_t pixels, uint32_t uart, uint32_t build) {
  if (!sim_exchange() || idBytes > kExchange / 2 || uidBytes >= kUid) return 2;
  dormouse::sim::Options options;
  options.profile = dormouse::sim::profileById(reinterpret_cast<const char*>(exchange), idBytes);
  if (!options.profile) return 1;
  for (uint32_t i = 0; i < uidBytes; i++) uid[i] = static_cast<char>(exchange[idBytes + i]);
  uid[uidBytes] = 0;
  options.uid = uid;
  options.slotBytes = slotBytes;
  options.modelRam = modelRam;
  options.testSignal = testSignal != 0;
  options.uart = uart != 0;
  options.build = build;
  if (cameraWidth > SimBoard::kMostWidth || cameraHeight > SimBoard::kMostHeight || pixels > 1) return 2;
  options.camera.width = static_cast<uint16_t>(cameraWidth);
  options.camera.height = static_cast<uint16_t>(cameraHeight);
  options.camera.format = static_cast<dormouse::capture::PixelFormat>(pixels);
  void* memory = core_alloc(sizeof(SimBoard));
  if (!memory) return 2;
  board = new (memory) SimBoard();
  return board->create(options, core_alloc, host_micros) ? 0 : 2;
}

void DORMOUSE_EXPORT(sim_start)() {
  board->flash().adopt();
  board->start();
}

uint32_t DORMOUSE_EXPORT(sim_receive)(uint32_t count) { return board->receive(exchange, count); }
uint32_t DORMOUSE_EXPORT(sim_take_output)(uint32_t capacity) {
  return board->takeOutput(exchange, capacity < kExchange ? capacity : kExchange);
}
uint32_t DORMOUSE_EXPORT(sim_provide)(uint32_t sensor, uint32_t frames) {
  if (sensor >= board->count()) return 0;
  return board->provide(static_cast<uint8_t>(sensor), reinterpret_cast<const int16_t*>(exchange), frames);
}
/** 1 if the camera runs and the exchange buffer's `count` bytes are a picture of its size. */
uint32_t DORMOUSE_EXPORT(sim_provide_picture)(uint32_t count) {
  return board->providePicture(exchange, count) ? 1 : 0;
}
void DORMOUSE_EXPORT(sim_button)(uint32_t pressed) { board->button(pressed != 0); }
void DORMOUSE_EXPORT(sim_advance)(uint32_t micros) { board->advance(micros); }
uint32_t DORMOUSE_EXPORT(sim_input_waiting)() { return board->inputWaiting(); }

uint32_t DORMOUSE_EXPORT(sim_sensor_count)() { return board->count(); }
uint32_t DORMOUSE_EXPORT(sim_running_rate)(uint32_t sensor) {
  return board->runningRate(static_cast<uint8_t>(sensor));
}
uint32_t DORMOUSE_EXPORT(sim_room)(uint32_t sensor) { return board->roomFor(static_cast<uint8_t>(sensor)); }

const uint8_t* DORMOUSE_EXPORT(sim_flash)() { return board->flash().memory(); }
uint32_t DORMOUSE_EXPORT(sim_flash_bytes)() { return board->flash().bytes(); }
uint32_t DORMOUSE_EXPORT(sim_flash_operations)() { return board->flash().operations(); }
uint32_t DORMOUSE_EXPORT(sim_flash_breaches)() { return board->flash().breaches(); }
void DORMOUSE_EXPORT(sim_power_cut)(uint32_t operations, uint32_t tear) {
  board->flash().cutAfter(operations, tear);
}
uint32_t DORMOUSE_EXPORT(sim_powered)() { return board->flash().powered() ? 1 : 0; }
int32_t DORMOUSE_EXPORT(sim_last_label)() { return board->lastLabel(); }
uint32_t DORMOUSE_EXPORT(sim_in_bootloader)() { return board->inBootloader() ? 1 : 0; }
}
