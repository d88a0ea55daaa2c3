/**
 * The whole device on an emulated Cortex-M4F: the core's own session, DSP, inference and slots, with strict
 * flash in memory and sensors that play a tape, behind the UART that QEMU shows as a pseudo-terminal.
 */
#include <new>

#include "machine.h"
#include "tape.h"

using dormouse::sim::SimBoard;

static const uint32_t kKb = 1024;
static const dormouse::sim::Profile kProfile = {"mps2-an386", "Cortex-M4F, emulated", 4, 4096, 512 * kKb,
                                                256 * kKb};

static uint32_t stopwatch() { return static_cast<uint32_t>(machine::micros()); }

/** Between the UART and the board; whether anything moved. */
static bool carry(SimBoard& board) {
  static uint8_t in[1024];
  static uint8_t out[1024];
  static uint32_t outAt = 0, outEnd = 0;
  bool moved = false;
  if (board.inputWaiting() + sizeof in <= SimBoard::kInput) {
    const uint32_t count = machine::read(in, sizeof in);
    board.receive(in, count);
    moved = count > 0;
  }
  if (outAt == outEnd) {
    outAt = 0;
    outEnd = board.takeOutput(out, sizeof out);
  }
  const uint32_t sent = machine::write(out + outAt, outEnd - outAt);
  outAt += sent;
  return moved || sent > 0;
}

void program() {
  static Tape tape;
  dormouse::sim::Options options = {};
  options.profile = &kProfile;
  options.uid = "qemu";
  options.testSignal = true;
  options.build = 1;  // its flash does not outlive the program
  void* const memory = machine::allocate(sizeof(SimBoard));
  if (!memory) return;
  SimBoard& board = *new (memory) SimBoard();
  if (!board.create(options, machine::allocate, stopwatch)) return;
  board.start();
  tape.begin(&board, machine::tape());
  uint64_t before = machine::micros();
  for (;;) {
    const bool moved = carry(board);
    const uint64_t now = machine::micros();
    tape.measure(before, now);
    board.advance(static_cast<uint32_t>(now - before));
    before = now;
    if (!moved && board.outputWaiting() == 0) machine::sleep();
  }
}
