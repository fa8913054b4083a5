/* ZooKeeper's C client with its own threads. */
#pragma once

/* Without it the header leaves out the calls that wait. */
#define THREADED
#include <zookeeper/zookeeper.h>

/*
 * Who may do what with a node: everybody everything, or, for clients that have said who they are, everybody may read and
 * its creator may do everything. The library's own lists are globals of types that Swift takes for mutable.
 */
static inline const struct ACL_vector *meseta_zookeeper_acl(int is_authenticated) {
  static struct ACL open[] = {{0x1f, {(char *)"world", (char *)"anyone"}}};
  static struct ACL owned[] = {{0x01, {(char *)"world", (char *)"anyone"}}, {0x1f, {(char *)"auth", (char *)""}}};
  static const struct ACL_vector everybody = {1, open};
  static const struct ACL_vector creator = {2, owned};
  return is_authenticated ? &creator : &everybody;
}
