// Dormouse: the sketch. It makes the board a Dormouse device: streams motion and sound, keeps model slots,
// recognises. How to put it on a board: firmware/README.md. What a board is made of: board_*.cpp; all else:
// src/.
#include "sketch.h"

void setup() { dormouse::begin(); }

void loop() { dormouse::loop(); }
