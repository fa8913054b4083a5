// What Swift sees of the wire schema: the generated messages, the arena, unpacking, packing and the
// descriptor tables.
//
// protobuf-c's own types come with it. Swift code imports this module only: with CProtobufC beside it the same
// types would have two homes, and which one Swift demands depends on the order of imports.

#ifndef CMESOSWIRE_H
#define CMESOSWIRE_H

// Fields that Mesos deprecates are read and written all the same.
#define PROTOBUF_C__NO_DEPRECATED 1

#include "meseta_arena.h"
#include "meseta_text.h"
#include "meseta_wire_descriptors.h"
#include "meseta_wire_messages.h"
#include "meseta_wire_pack.h"
#include "meseta_wire_unpack.h"

#endif
