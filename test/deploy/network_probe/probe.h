// Runs networks that were exported without an interpreter over a job: for each, u32 rows and u32 bytes of all
// inputs of a row, then the rows, each padded to 4 bytes. Which networks there are, and where their inputs
// and outputs lie, stands in a table that the test writes (networks.cpp).
#ifndef DORMOUSE_TEST_NETWORK_PROBE_H
#define DORMOUSE_TEST_NETWORK_PROBE_H

#include <stdint.h>
#include <string.h>

namespace probe {

struct Port {
  uint32_t offset;  // in the arena
  uint32_t bytes;
};

struct Network {
  uint8_t* arena;
  void (*reset)();
  void (*invoke)();
  const Port* ports;  // inputs, then outputs
  uint32_t inputs;
  uint32_t outputs;
};

extern const Network networks[];
extern const uint32_t networkCount;

inline uint32_t word(const uint8_t* bytes) {
  uint32_t value;
  memcpy(&value, bytes, sizeof value);
  return value;
}

// report(network, FNV-1a over all outputs) for each row; what is kept stays from row to row.
template <typename Report>
void answerAll(const uint8_t* at, Report report) {
  for (uint32_t i = 0; i < networkCount; i++) {
    const Network& network = networks[i];
    const uint32_t rows = word(at), bytes = word(at + 4);
    at += 8;
    network.reset();
    for (uint32_t row = 0; row < rows; row++, at += (bytes + 3u) & ~3u) {
      const uint8_t* from = at;
      const Port* port = network.ports;
      for (uint32_t k = 0; k < network.inputs; k++, port++) {
        memcpy(network.arena + port->offset, from, port->bytes);
        from += port->bytes;
      }
      network.invoke();
      uint32_t hash = 2166136261u;
      for (uint32_t k = 0; k < network.outputs; k++, port++) {
        const uint8_t* const output = network.arena + port->offset;
        for (uint32_t b = 0; b < port->bytes; b++) hash = (hash ^ output[b]) * 16777619u;
      }
      report(i, hash);
    }
  }
}

}  // namespace probe

#endif
