/**
 * The simulated board as a program of its own, on a pseudo-terminal: what a program that opens serial ports
 * sees of a real board, with no Node in between. Its sensors are plain: gravity with a slow sway, a hum, a
 * picture that slides, a counting test signal.
 *
 *   pty_board LINK [BOARD]    makes LINK point to the terminal, prints "ready", and runs until it is ended
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "board/sim_board.h"

using dormouse::sim::SimBoard;

static SimBoard board;
static const char* linkPath = nullptr;
static volatile sig_atomic_t ended = 0;

static void* allocate(uint32_t bytes) { return calloc(1, bytes); }

static uint64_t now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000u + static_cast<uint64_t>(time.tv_nsec) / 1000u;
}

static uint32_t stopwatch() { return static_cast<uint32_t>(now()); }

static void end(int) { ended = 1; }

/** The value of one axis at one frame: a triangle of the axis's own length, standing on gravity for accZ. */
static int16_t valueAt(uint8_t sensor, uint32_t axis, uint32_t frame) {
  if (sensor == SimBoard::kTestSignal) return static_cast<int16_t>(frame % 32000);
  const uint32_t period = sensor == 1 ? 64 : 100 + 20 * axis;
  const uint32_t phase = frame % period;
  const uint32_t triangle = phase < period / 2 ? phase : period - phase;
  const int32_t gravity = sensor == 0 && axis == 2 ? 8192 : 0;
  return static_cast<int16_t>(gravity + static_cast<int32_t>(triangle * 16) - 400);
}

/** Colours that slide by one pixel from picture to picture. */
static void takePicture(uint32_t number) {
  static uint8_t bytes[SimBoard::kMostWidth * SimBoard::kMostHeight * 2];
  for (uint32_t i = 0; i < board.pictureBytes(); i++) bytes[i] = static_cast<uint8_t>(i + 2 * number);
  board.providePicture(bytes, board.pictureBytes());
}

/** Makes the frames that each sensor measured between two moments. */
static void measure(uint64_t from, uint64_t to) {
  static uint32_t made[SimBoard::kSensors];
  static int16_t frames[6 * 1024];
  for (uint8_t sensor = 0; sensor < board.count(); sensor++) {
    const uint64_t rate = board.runningRate(sensor);
    const uint32_t axes = board.info(sensor).axisCount;
    uint64_t left = to * rate / 1000000000u - from * rate / 1000000000u;
    if (sensor == SimBoard::kCamera) {
      for (; left > 0; left--) takePicture(made[sensor]++);
    }
    while (left > 0) {
      const uint32_t count = left < 1024 ? static_cast<uint32_t>(left) : 1024;
      for (uint32_t i = 0; i < count; i++, made[sensor]++) {
        for (uint32_t axis = 0; axis < axes; axis++)
          frames[i * axes + axis] = valueAt(sensor, axis, made[sensor]);
      }
      board.provide(sensor, frames, count);
      left -= count;
    }
  }
}

static int openTerminal() {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0) return -1;
  const char* name = ptsname(terminal);
  // Opened here too, so that the terminal outlives each program that opens and closes it; raw, so that bytes
  // stay bytes.
  const int side = name ? open(name, O_RDWR | O_NOCTTY) : -1;
  termios settings;
  if (side < 0 || tcgetattr(side, &settings) != 0) return -1;
  cfmakeraw(&settings);
  tcsetattr(side, TCSANOW, &settings);
  fcntl(terminal, F_SETFL, fcntl(terminal, F_GETFL) | O_NONBLOCK);
  unlink(linkPath);
  return symlink(name, linkPath) == 0 ? terminal : -1;
}

static void serve(int terminal) {
  static uint8_t in[4096];
  static uint8_t out[16384];
  uint32_t outAt = 0, outEnd = 0;
  uint64_t before = now();
  while (!ended) {
    pollfd waiting = {terminal, static_cast<short>(outAt < outEnd ? POLLIN | POLLOUT : POLLIN), 0};
    poll(&waiting, 1, 2);
    if (board.inputWaiting() < sizeof in) {
      const ssize_t got = read(terminal, in, sizeof in);
      if (got > 0) board.receive(in, static_cast<uint32_t>(got));
    }
    const uint64_t time = now();
    measure(before, time);
    board.advance(static_cast<uint32_t>(time - before));
    before = time;
    for (;;) {
      if (outAt == outEnd) {
        outAt = 0;
        outEnd = board.takeOutput(out, sizeof out);
        if (outEnd == 0) break;
      }
      const ssize_t sent = write(terminal, out + outAt, outEnd - outAt);
      if (sent <= 0) break;
      outAt += static_cast<uint32_t>(sent);
    }
  }
}

int main(int argc, char** argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: pty_board LINK [BOARD]\n");
    return 2;
  }
  linkPath = argv[1];
  const char* id = argc > 2 ? argv[2] : "sim";
  const dormouse::sim::Profile* profile = dormouse::sim::profileById(id, static_cast<uint32_t>(strlen(id)));
  if (!profile) {
    fprintf(stderr, "There is no simulated board \"%s\".\n", id);
    return 2;
  }
  const dormouse::sim::Options options = {
      profile, "native", 0, 0, true, {0, 0, dormouse::capture::PixelFormat::kRgb565}, false, 1};
  if (!board.create(options, allocate, stopwatch)) return 1;
  board.start();
  const int terminal = openTerminal();
  if (terminal < 0) {
    fprintf(stderr, "%s could not be made to point to a new terminal.\n", linkPath);
    return 1;
  }
  signal(SIGTERM, end);
  signal(SIGINT, end);
  printf("ready\n");
  fflush(stdout);
  serve(terminal);
  unlink(linkPath);
  return 0;
}
