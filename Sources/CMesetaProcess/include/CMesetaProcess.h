/* What Swift cannot reach through Glibc: GNU macros, variadic calls and headers outside its module map.
 * Functions return -1 and set errno unless they say otherwise. */
#ifndef MESETA_PROCESS_H
#define MESETA_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

#include "meseta_launch.h"

/* Starts `path` as the supervisor of `container` in a session of its own, with an empty environment, default
 * signals, and the two descriptors where it expects them. Returns 0, or the error's number. */
int meseta_spawn_supervisor(const char *path, const char *container, int connection, int directory, pid_t *pid);

/* A connected pair of close-on-exec stream sockets. */
int meseta_socket_pair(int descriptors[2]);

/* Connects to `socket` in an open directory, without waiting. */
int meseta_connect(int directory);

/* Waits for `watch`ed descriptors. Returns how many tokens it wrote. */
int meseta_epoll_create(void);
int meseta_epoll_watch(int epoll, int descriptor, uint64_t token);
int meseta_epoll_forget(int epoll, int descriptor);
int meseta_epoll_wait(int epoll, uint64_t *tokens, int capacity, int timeout_milliseconds);

/* Names the calling thread for those who look at it: 15 bytes at most. */
int meseta_name_thread(const char *name);

/* A counter to wake a thread with: one that waits for it in a read, or in an epoll. */
int meseta_eventfd(int is_nonblocking);

/* Opens `path` beneath `directory`: neither `..`, nor an absolute path, nor a symbolic link leads out of it. The
 * descriptor only names the file (O_PATH), so that opening has no effect on devices and queues. */
int meseta_open_beneath(int directory, const char *path);

/* Opens for reading what a descriptor names. */
int meseta_reopen(int descriptor, int flags);

#endif
