// The program of this folder, and the way it prints.
#ifndef DORMOUSE_TEST_BITS_H
#define DORMOUSE_TEST_BITS_H

typedef void (*Print)(const char* line);

void printBits(Print print);
// Of windows.cpp.
void windowBits(Print print);
void soundBits(Print print);

#endif
