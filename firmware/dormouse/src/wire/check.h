/**
 * The split that the whole core keeps: what a host sends wrong is counted, answered and dropped, and never
 * asserts; what only a mistake of ours can break is asserted, in builds that run on a computer. On a board
 * the check is gone.
 */
#ifndef DORMOUSE_WIRE_CHECK_H
#define DORMOUSE_WIRE_CHECK_H

#if defined(DORMOUSE_HOST)
#define DORMOUSE_ASSERT(condition)      \
  do {                                  \
    if (!(condition)) __builtin_trap(); \
  } while (0)
#else
#define DORMOUSE_ASSERT(condition) ((void)0)
#endif

#endif
