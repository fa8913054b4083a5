// What malloc knows of itself: <malloc.h> is not in Swift's Glibc module.

#ifndef MALLOC_STATISTICS_H
#define MALLOC_STATISTICS_H

#include <stddef.h>

// The bytes that the program has allocated and not freed, with what malloc needs beside them.
size_t malloc_statistics_in_use(void);

#endif
