/* Regular expressions in RE2's syntax, matched in time linear in the text, for those who speak no C++.
 *
 * Patterns and texts are bytes with a length: they may hold NULs, and what is no UTF-8 does no harm. */
#ifndef MESETA_REGEX_H
#define MESETA_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A compiled pattern. It never changes, and may be used by several threads at once. */
typedef struct meseta_regex meseta_regex;

/* Compiles a pattern to what fits into `max_mem` bytes, by RE2's own count. Returns NULL if that fails, and writes why
 * into `error`: at most `capacity` bytes, a NUL at their end included. */
meseta_regex *meseta_regex_create(
    const char *pattern, size_t length, int64_t max_mem, char *error, size_t capacity);

void meseta_regex_destroy(meseta_regex *regex);

/* How many instructions the compiled pattern has. */
int meseta_regex_program_size(const meseta_regex *regex);

/* Whether the pattern matches the text from its first to its last byte. */
bool meseta_regex_matches(const meseta_regex *regex, const char *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
