// What Swift sees of the wire schema: the generated messages, the arena, the scan and the descriptor tables.

#ifndef CMESOSWIRE_H
#define CMESOSWIRE_H

#include "meseta_arena.h"
#include "meseta_wire_descriptors.h"
#include "meseta_wire_messages.h"
#include "meseta_wire_scan.h"

#endif
