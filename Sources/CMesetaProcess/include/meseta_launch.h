/* The launch record: what the containerizer writes to a new supervisor's connection.
 *
 * A header, then `group_count` 32-bit group ids, then NUL-terminated strings in this order: sandbox, working
 * directory, program, `argument_count` arguments (argv[0] included), `environment_count` NAME=VALUE entries.
 * Both ends are the same build on the same machine, so numbers are in the machine's own order. The record goes
 * over a socket, not the command line, where everybody could read the environment's secrets. */
#ifndef MESETA_LAUNCH_H
#define MESETA_LAUNCH_H

#include <stdint.h>

#define MESETA_LAUNCH_MAGIC 0x324c534du /* "MSL2" */
/* The kernel gives arguments and environment a quarter of the stack, 2 MiB by default. */
#define MESETA_LAUNCH_MAX_BODY (16u << 20)
#define MESETA_LAUNCH_MAX_GROUPS 65536u

/* The descriptors that a supervisor starts with: its connection to the containerizer, and its directory, locked. */
#define MESETA_CONNECTION_FD 3
#define MESETA_DIRECTORY_FD 4

struct meseta_launch_header {
    uint32_t magic;
    uint32_t body_bytes; /* everything after this header */
    uint32_t argument_count;
    uint32_t environment_count;
    uint32_t changes_user; /* 0: run as the supervisor's own user; uid, gid and groups are not looked at */
    uint32_t uid;
    uint32_t gid;
    uint32_t group_count;
    int32_t niceness; /* how much less processor time than others the container gets, as nice(1) says; 0: no less */
};

#endif
