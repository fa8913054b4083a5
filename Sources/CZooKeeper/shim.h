/* ZooKeeper's C client with its own threads. */
#pragma once

/* Without it the header leaves out the calls that wait. */
#define THREADED
#include <zookeeper/zookeeper.h>

/* The global is of a type that Swift takes for mutable. */
static inline const struct ACL_vector *meseta_zookeeper_open_acl(void) { return &ZOO_OPEN_ACL_UNSAFE; }
