/** All of <string.h> that the core uses, for a target that has no C library. memory.cpp has the bodies. */
#ifndef DORMOUSE_WASM_STRING_H
#define DORMOUSE_WASM_STRING_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
void* memcpy(void* to, const void* from, size_t bytes);
void* memmove(void* to, const void* from, size_t bytes);
void* memset(void* to, int value, size_t bytes);
int memcmp(const void* a, const void* b, size_t bytes);
#ifdef __cplusplus
}
#endif

#endif
