// The program of this folder, and the way it prints.
#ifndef DORMOUSE_TEST_BITS_H
#define DORMOUSE_TEST_BITS_H

typedef void (*Print)(const char* line);

void printBits(Print print);
// Of the files of these names.
void anomalyBits(Print print);
void soundBits(Print print);
void windowBits(Print print);

#endif
