/** Line, flash and clock of an ESP32. */
#include "esp32.h"

#if defined(ARDUINO_ARCH_ESP32)

#include "flash_check.h"

#include <Arduino.h>
#include <esp_mac.h>
#include <esp_partition.h>
#include <esp_timer.h>

namespace dormouse {
namespace board {
namespace esp32 {

/** `Serial`: USB on an ESP32-S3, a UART with a bridge behind it on an ESP32, whose speed can be changed. */
class SerialLine : public Line {
 public:
  void begin() {
    ::Serial.setRxBufferSize(2048);
    ::Serial.setTxBufferSize(2048);
    ::Serial.begin(115200);
#if ARDUINO_USB_CDC_ON_BOOT
    ::Serial.setTxTimeoutMs(0);  // do not wait for a host that is not there
#endif
  }

  uint32_t read(uint8_t* bytes, uint32_t capacity) override {
    uint32_t count = 0;
    while (count<capacity&& ::Serial.available()> 0) bytes[count++] = static_cast<uint8_t>(::Serial.read());
    return count;
  }

  uint32_t write(const uint8_t* bytes, uint32_t count) override {
    const int free = ::Serial.availableForWrite();
    const uint32_t room = free > 0 ? static_cast<uint32_t>(free) : 0;
    return room == 0 ? 0 : ::Serial.write(bytes, count < room ? count : room);
  }

#if ARDUINO_USB_CDC_ON_BOOT
  bool canSetBaud(uint32_t) override { return false; }
  void setBaud(uint32_t) override {}
#else
  bool canSetBaud(uint32_t baud) override { return baud >= 9600 && baud <= 2000000; }
  void setBaud(uint32_t baud) override {
    ::Serial.flush();
    ::Serial.updateBaudRate(baud);
  }
#endif
};

/** The first 1 MB of the partition, read through the chip's memory mapping. */
class ModelFlash : public slot::Flash {
 public:
  ModelFlash() : partition_(nullptr), memory_(nullptr) {}

  void begin() {
    const esp_partition_t* found =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_SPIFFS, nullptr);
    if (!found || found->size < 2 * esp32::kSlotBytes || found->encrypted) return;
    const void* mapped = nullptr;
    esp_partition_mmap_handle_t handle;
    if (esp_partition_mmap(found, 0, 2 * esp32::kSlotBytes, ESP_PARTITION_MMAP_DATA, &mapped, &handle) !=
        ESP_OK)
      return;
    partition_ = found;
    memory_ = static_cast<const uint8_t*>(mapped);
  }

  uint32_t eraseUnit() const override { return esp32::kEraseUnit; }
  uint32_t writeUnit() const override { return esp32::kWriteUnit; }
  uint32_t slotBytes() const override { return partition_ ? static_cast<uint32_t>(esp32::kSlotBytes) : 0; }
  const uint8_t* memory() const override { return memory_; }

  // The driver makes the mapping's cache forget what it writes.
  bool erase(uint32_t offset) override {
    return esp_partition_erase_range(partition_, offset, esp32::kEraseUnit) == ESP_OK &&
           flashIsErased(address(offset), esp32::kEraseUnit);
  }

  bool program(uint32_t offset, const uint8_t* bytes, uint32_t count) override {
    return esp_partition_write(partition_, offset, bytes, count) == ESP_OK &&
           flashIs(address(offset), bytes, count);
  }

 private:
  uint32_t address(uint32_t offset) const { return reinterpret_cast<uintptr_t>(memory_) + offset; }

  const esp_partition_t* partition_;
  const uint8_t* memory_;
};

static SerialLine serial;
static ModelFlash slots;

Line* line() {
  serial.begin();
  return &serial;
}

slot::Flash* flash() {
  slots.begin();
  return &slots;
}

uint64_t micros() { return static_cast<uint64_t>(esp_timer_get_time()); }

const char* chipId() {
  static char text[13];
  uint8_t mac[6] = {0};
  esp_efuse_mac_get_default(mac);
  for (uint32_t digit = 0; digit < 12; digit++)
    text[digit] = "0123456789abcdef"[mac[digit / 2] >> (digit % 2 ? 0 : 4) & 15];
  text[12] = 0;
  return text;
}

// Uploading tools bring these chips into their bootloader over DTR and RTS; a sketch cannot do it reliably.
void restart(bool) {
  ::Serial.flush();
  delay(100);
  ESP.restart();
}

}  // namespace esp32
}  // namespace board
}  // namespace dormouse

#endif
