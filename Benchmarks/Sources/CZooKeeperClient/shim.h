/* ZooKeeper's C client as it is, to measure what it does without Meseta. */
#pragma once

#define THREADED
#include <zookeeper/zookeeper.h>

static inline const struct ACL_vector *bench_open_acl(void) { return &ZOO_OPEN_ACL_UNSAFE; }
