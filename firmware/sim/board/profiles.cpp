/** The boards that can be simulated. Flash units as their cores' flash drivers state them (MODEL_SLOT.md 3).
 */
#include "profiles.h"

#include "wire/cbor.h"

namespace dormouse {
namespace sim {

static const uint32_t kKb = 1024;

static const Profile kProfiles[] = {
    {"sim", "simulated", 4, 4096, 256 * kKb, 128 * kKb},
    {"nano33ble-sense", "nRF52840", 4, 4096, 256 * kKb, 128 * kKb},
    {"xiao-nrf52840-sense", "nRF52840", 4, 4096, 256 * kKb, 160 * kKb},
    {"xiao-esp32s3-sense", "ESP32-S3", 4, 4096, 512 * kKb, 128 * kKb},
    {"esp32", "ESP32", 4, 4096, 512 * kKb, 64 * kKb},
    {"rpi-pico", "RP2040", 256, 4096, 512 * kKb, 112 * kKb},
    {"portenta-h7", "STM32H747", 32, 128 * kKb, 256 * kKb, 224 * kKb},
    {"nicla-vision", "STM32H747", 32, 128 * kKb, 256 * kKb, 160 * kKb},
};

const Profile* profileById(const char* id, uint32_t length) {
  const wire::Text wanted = {id, length};
  for (const Profile& profile : kProfiles) {
    if (wire::same(wanted, profile.id)) return &profile;
  }
  return nullptr;
}

}  // namespace sim
}  // namespace dormouse
